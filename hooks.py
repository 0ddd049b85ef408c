"""What Odoo's own uninstallation leaves behind of this addon, and what it stumbles over."""

MODULE = "channel_connector"
#: Sold as shipping, fee, rounding or unknown product: orders and invoices go on naming them.
PRODUCTS = ("product_shipping", "product_fee", "product_rounding", "product_placeholder")


def uninstall_hook(env):
    """Runs before Odoo removes tables, fields, views and rights; orders, money and stock stay."""
    _let_go_of_products(env)
    names = [name for name, model in env.registry.items() if model._original_module == MODULE]
    env.flush_all()
    _forget_jobs(env.cr, names)
    _forget_choices_of_people(env.cr, names)
    _forget_registrations(env.cr, names)
    env.invalidate_all()


def _let_go_of_products(env):
    """Delete what was never sold; archive the others, which are data of the company from now on."""
    for name in PRODUCTS:
        product = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        if not product:
            continue
        template = product.product_tmpl_id
        product._unlink_or_archive(check_access=False)
        kept = {"product.product": product.exists().ids, "product.template": template.exists().ids}
        for model, ids in kept.items():
            domain = [("module", "=", MODULE), ("model", "=", model), ("res_id", "in", ids)]
            env["ir.model.data"].search(domain).unlink()


def _forget_jobs(cr, models):
    """A job of a model that is gone can't even be shown."""
    cr.execute("DELETE FROM queue_job WHERE model_name = ANY(%s)", [models])


def _forget_choices_of_people(cr, models):
    cr.execute("DELETE FROM ir_filters WHERE model_id = ANY(%s)", [models])
    cr.execute("DELETE FROM ir_exports WHERE resource = ANY(%s)", [models])
    cr.execute("DELETE FROM ir_config_parameter WHERE key LIKE %s", [f"{MODULE}.%"])


def _forget_registrations(cr, models):
    """Rows that describe what goes with our tables, and that no external id of ours names."""
    cr.execute(
        """
        DELETE FROM ir_model_constraint
         WHERE type = 'f' AND module = (SELECT id FROM ir_module_module WHERE name = %s)
        """,
        [MODULE],
    )
    cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module != %(module)s AND (
               model = 'ir.model.fields.selection' AND res_id IN (
               SELECT choice.id FROM ir_model_fields_selection choice
                 JOIN ir_model_fields field ON field.id = choice.field_id
                WHERE field.model = ANY(%(models)s))
            OR model = 'ir.model.inherit' AND res_id IN (
               SELECT inherit.id FROM ir_model_inherit inherit
                 JOIN ir_model child ON child.id = inherit.model_id
                WHERE child.model = ANY(%(models)s)))
        """,
        {"module": MODULE, "models": models},
    )
