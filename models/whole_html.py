"""HTML texts that are translated as a whole."""

from odoo import fields


class WholeHtml(fields.Html):
    """Sanitized HTML in which each language has a text of its own.

    Odoo translates sanitized HTML term by term, in one structure for all languages; a shop's
    translations are written apart and share no structure.
    """

    def _get_attrs(self, model_class, name):
        return {**super()._get_attrs(model_class, name), "translate": True}
