"""Notes of prices: one statement finds the products of whatever has changed them."""

from odoo import api, fields, models
from odoo.tools import SQL

#: What the notes can be made of, besides ``price`` itself (ids of ``product.product``):
#: see ``product_price_channel.py``.
SOURCES = (
    "price.template",
    "price.cost",
    "price.category",
    "price.tax",
    "price.rule",
    "price.backend",
)


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    @api.model
    def _insert_many_query(self, kind, record_ids, marker=""):
        if kind not in SOURCES:
            return super()._insert_many_query(kind, record_ids, marker)
        rows = [row if isinstance(row, tuple) else (row,) for row in record_ids]
        columns = [SQL("%s::int[]", list(column)) for column in zip(*rows, strict=True)]
        find = getattr(self, "_touched_by_" + kind.removeprefix("price."))
        return self._insert_prices_query(find(SQL(", ").join(columns)))

    @api.model
    def _insert_query(self, kind, records, backends=None, marker=""):
        if kind != "price":
            return super()._insert_query(kind, records, backends, marker)
        touched = SQL(
            "SELECT priced.backend_id, record.id FROM priced, (%s) AS record(id) WHERE %s",
            records,
            SQL("priced.backend_id = ANY(%s)", backends.ids) if backends else SQL("TRUE"),
        )
        return self._insert_prices_query(touched)

    @api.model
    def _insert_prices_query(self, touched):
        """The statement that notes products whose price may have changed.

        Only for backends that publish prices at all: where the shop owns them nothing is noted.

        :param touched: query of ``(backend_id, product_id)``, which may use the relations
            ``priced`` (flow_id, backend_id, company_id, …) and ``lists`` (backend_id,
            pricelist_id): every price list that the prices of a backend can come from
        """
        return SQL(
            """
            WITH RECURSIVE priced AS (
                SELECT flow.id AS flow_id, flow.backend_id, flow.company_id,
                       backend.pricelist_id, backend.sale_pricelist_id
                  FROM channel_flow flow
                  JOIN channel_backend backend ON backend.id = flow.backend_id
                  JOIN channel_ownership owned
                    ON owned.backend_id = backend.id AND owned."group" = 'prices'
                 WHERE flow.kind = 'price' AND flow.direction = 'out' AND flow.active
                   AND backend.active AND backend.state != 'draft'
                   AND (owned.owner = 'odoo' OR owned.conflict_policy = 'newest')
            ), lists(backend_id, pricelist_id) AS (
                SELECT backend_id, unnest(ARRAY[pricelist_id, sale_pricelist_id]) FROM priced
                 UNION
                SELECT lists.backend_id, item.base_pricelist_id
                  FROM lists
                  JOIN product_pricelist_item item ON item.pricelist_id = lists.pricelist_id
                 WHERE item.base = 'pricelist'
            ), touched(backend_id, product_id) AS (
                %(touched)s
            ), noted AS (
                INSERT INTO channel_outbox
                       (backend_id, company_id, kind, res_model, res_id,
                        noted_at, marker, state, sweeps)
                SELECT DISTINCT priced.backend_id, priced.company_id, 'price', 'product.product',
                       binding.odoo_id, now() AT TIME ZONE 'UTC', '', 'pending', 0
                  FROM touched
                  JOIN priced ON priced.backend_id = touched.backend_id
                  JOIN channel_binding_product binding
                    ON binding.backend_id = touched.backend_id
                   AND binding.odoo_id = touched.product_id
                 WHERE binding.gone_at IS NULL
                RETURNING backend_id
            )
            SELECT DISTINCT priced.flow_id
              FROM noted JOIN priced ON priced.backend_id = noted.backend_id
            """,
            touched=touched,
        )

    # === WHAT A CHANGE TOUCHES === #

    @api.model
    def _touched_by_template(self, columns):
        return SQL(
            """
            SELECT priced.backend_id, variant.id
              FROM unnest(%s) AS record(id, source)
              JOIN priced ON priced.backend_id != record.source
              JOIN product_product variant ON variant.product_tmpl_id = record.id
            """,
            columns,
        )

    @api.model
    def _touched_by_cost(self, columns):
        """Costs change with every receipt; they matter only where a rule is based on them."""
        return SQL(
            """
            SELECT priced.backend_id, record.id
              FROM unnest(%s) AS record(id, source)
              JOIN priced ON priced.backend_id != record.source
             WHERE EXISTS (SELECT FROM lists
                             JOIN product_pricelist_item item USING (pricelist_id)
                            WHERE lists.backend_id = priced.backend_id
                              AND item.base = 'standard_price')
            """,
            columns,
        )

    @api.model
    def _touched_by_category(self, columns):
        return SQL(
            """
            SELECT priced.backend_id, variant.id
              FROM unnest(%s) AS record(id, source)
              JOIN priced ON priced.backend_id != record.source
              JOIN product_category above ON above.id = record.id
              JOIN product_category category
                ON starts_with(category.parent_path, above.parent_path)
              JOIN product_template template ON template.categ_id = category.id
              JOIN product_product variant ON variant.product_tmpl_id = template.id
            """,
            columns,
        )

    @api.model
    def _touched_by_tax(self, columns):
        """Products that have the tax, or a group of taxes with it."""
        return SQL(
            """
            SELECT priced.backend_id, variant.id
              FROM unnest(%s) AS record(id, source)
              JOIN priced ON priced.backend_id != record.source
              JOIN (SELECT id AS tax_id, id AS part_id FROM account_tax
                     UNION
                    SELECT parent_tax, child_tax FROM account_tax_filiation_rel) AS tax
                ON tax.part_id = record.id
              JOIN product_taxes_rel has ON has.tax_id = tax.tax_id
              JOIN product_product variant ON variant.product_tmpl_id = has.prod_id
            """,
            columns,
        )

    @api.model
    def _touched_by_backend(self, columns):
        return SQL(
            """
            SELECT binding.backend_id, binding.odoo_id
              FROM unnest(%s) AS record(id)
              JOIN channel_binding_product binding ON binding.backend_id = record.id
            """,
            columns,
        )

    @api.model
    def _touched_by_rule(self, columns):
        scopes = SQL(
            "SELECT * FROM unnest(%s)"
            " AS scope(pricelist_id, product_id, template_id, category_id, source)",
            columns,
        )
        return self._touched_by_scopes(scopes)

    @api.model
    def _touched_by_scopes(self, scopes):
        """Bound products in the scope of rules of the lists that their prices can come from.

        :param scopes: query of ``(pricelist_id, product_id, template_id, category_id, source)``
        """
        return SQL(
            """
            WITH scope AS (
                SELECT lists.backend_id, scope.product_id, scope.template_id, scope.category_id
                  FROM (%s) AS scope
                  JOIN lists ON lists.pricelist_id = scope.pricelist_id
                   AND lists.backend_id != scope.source
            )
            SELECT backend_id, product_id FROM scope WHERE product_id != 0
             UNION
            SELECT backend_id, variant.id
              FROM scope
              JOIN product_product variant ON variant.product_tmpl_id = scope.template_id
             WHERE product_id = 0
             UNION
            SELECT backend_id, variant.id
              FROM scope
              JOIN product_category above ON above.id = scope.category_id
              JOIN product_category category
                ON starts_with(category.parent_path, above.parent_path)
              JOIN product_template template ON template.categ_id = category.id
              JOIN product_product variant ON variant.product_tmpl_id = template.id
             UNION
            SELECT backend_id, binding.odoo_id
              FROM scope JOIN channel_binding_product binding USING (backend_id)
             WHERE product_id = 0 AND template_id = 0 AND category_id = 0
            """,
            scopes,
        )

    # === ON TIME === #

    @api.model
    def _note_due_prices(self, backend, now):
        """Note products for which a rule has begun or ended since this was done last.

        One query where nothing is due, and then nothing is written either: the time that was
        looked at only moves on with a note, so nothing is passed over.

        :param now: naive UTC
        :return: the flows that were given a drain
        """
        flow = self.env["channel.flow"]._of(backend, "price", "out")
        if not flow:
            return flow
        cursor = flow._get_cursor()
        since = cursor.polled_at
        if not since:
            cursor.polled_at = now
            return flow.browse()
        self.env.flush_all()
        self.env.cr.execute(self._insert_prices_query(self._touched_by_time(backend, since, now)))
        due = flow.browse(row[0] for row in self.env.cr.fetchall())
        if due:
            cursor.polled_at = now
            due._enqueue_drain()
        return due

    @api.model
    def _touched_by_time(self, backend, since, now):
        """Products in the scope of rules that began or ended; all where a rate began to count."""
        rules = SQL(
            """
            SELECT DISTINCT item.pricelist_id, COALESCE(item.product_id, 0) AS product_id,
                   COALESCE(item.product_tmpl_id, 0) AS template_id,
                   COALESCE(item.categ_id, 0) AS category_id, 0 AS source
              FROM product_pricelist_item item
             WHERE (item.date_start > %(since)s AND item.date_start <= %(now)s)
                OR (item.date_end >= %(since)s AND item.date_end < %(now)s)
            """,
            since=since,
            now=now,
        )
        touched = SQL(
            "SELECT * FROM (%s) AS due(backend_id, product_id) WHERE backend_id = %s",
            self._touched_by_scopes(rules),
            backend.id,
        )
        if since.date() == now.date():
            return touched
        currencies = backend._price_currencies()
        if len(currencies) < 2:
            return touched
        return SQL(
            """
            %s UNION
            SELECT binding.backend_id, binding.odoo_id FROM channel_binding_product binding
             WHERE binding.backend_id = %s
               AND EXISTS (SELECT FROM res_currency_rate rate
                            WHERE rate.name > %s AND rate.name <= %s
                              AND rate.currency_id IN %s)
            """,
            touched,
            backend.id,
            fields.Date.to_date(since),
            fields.Date.to_date(now),
            tuple(currencies.ids),
        )
