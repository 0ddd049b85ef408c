"""One INSERT and an answer: nothing that stores a delivery can be cheaper in Odoo."""

from odoo import http
from odoo.http import request


class MinimalWebhook(http.Controller):
    @http.route(
        "/minimal/<string:token>/webhook",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive(self, token):
        body = request.httprequest.get_data(as_text=True)
        request.env.cr.execute(
            "INSERT INTO minimal_delivery (token, payload) VALUES (%s, %s::jsonb)", [token, body]
        )
        return request.make_response("ok")
