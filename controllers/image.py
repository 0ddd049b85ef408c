"""The address a shop fetches pictures of products from.

Only who was given an address knows it: it is signed with the database's secret, over the picture
and its content, so that a changed picture has another address and a shop may keep what it has.
"""

from odoo import SUPERUSER_ID, http
from odoo.http import request

_YEAR = 365 * 24 * 3600


class ChannelImage(http.Controller):
    @http.route(
        "/channel/image/<string:signed>/<string:name>",
        type="http",
        auth="none",
        methods=["GET", "HEAD"],
        save_session=False,
    )
    def show(self, signed, name):
        """A picture of a product; 404 for everything else."""
        env = request.env(user=SUPERUSER_ID)
        if env["ir.config_parameter"].get_param("database.is_neutralized"):
            return request.not_found()
        attachment = env["channel.public.images"]._find(signed)
        if not attachment:
            return request.not_found()
        return request.make_response(
            attachment.raw,
            [
                ("Content-Type", attachment.mimetype),
                ("Content-Length", str(len(attachment.raw))),
                ("Cache-Control", f"public, max-age={_YEAR}, immutable"),
                ("ETag", f'"{attachment.checksum}"'),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
