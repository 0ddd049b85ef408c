"""People without rights in channels or sales: what follows from their work happens all the same."""

from odoo.tests import new_test_user, tagged

from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestMoneyAccess(MoneyCase):
    def _user(self, login, groups):
        return new_test_user(
            self.env,
            login,
            groups=groups,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_storekeeper_ships(self):
        self.gateway("stripe", invoice_policy="delivered")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        user = self._user("keeper", "stock.group_stock_user")
        picking = sale.picking_ids.with_user(user)
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.button_validate()
        self.money(sale)
        self.assertMoney(order)

    def test_accountant_posts_and_sees_the_payment(self):
        self.gateway("stripe", invoice_policy="none")
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        user = self._user("books", "account.group_account_invoice")
        sale._create_invoices().with_user(user).action_post()
        self.money(sale)
        self.assertMoney(order)
        payment = sale.channel_payment_ids.with_user(user)
        form = payment.get_view(view_type="form")["arch"]
        self.assertIn("channel_transaction_id", form)
        values = payment.read(["channel_order_id", "channel_transaction_id"])[0]
        self.assertEqual(values["channel_transaction_id"], "ch_1")

    def test_salesperson_delivers_a_service_and_confirms(self):
        self.gateway("stripe", invoice_policy="delivered", order_policy="quotation")
        service = {"type": "service", "is_storable": False, "invoice_policy": "delivery"}
        self._add_product("REPAIR", "50.00", odoo=service)
        order = self.place(("REPAIR", 1), **self.card())
        sale = self.import_order(order)
        user = self._user("seller", "sales_team.group_sale_salesman_all_leads")
        sale.with_user(user).action_confirm()
        self.money(sale)
        self.assertMoney(order, invoiced=False)
        sale.order_line.with_user(user).qty_delivered = 1
        self.money(sale)
        self.assertMoney(order)
