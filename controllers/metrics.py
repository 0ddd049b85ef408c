"""The address a monitoring system reads: all shops' figures, for whoever has the token.

Answers: 404 while there is no token or the database is a neutralised copy, 401 without the right
token, else the figures.
"""

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..models.channel_metrics_token import PATH

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class ChannelMetrics(http.Controller):
    @http.route(PATH, type="http", auth="none", methods=["GET"], save_session=False, readonly=True)
    def metrics(self):
        env = request.env(user=SUPERUSER_ID)
        token = env["channel.metrics.token"]
        if not token._stored():
            return self._answer(404, "unknown address")
        scheme, _space, given = request.httprequest.headers.get("Authorization", "").partition(" ")
        if not token._is_valid(given.strip()) or scheme.lower() != "bearer":
            return self._answer(401, "wrong token", [("WWW-Authenticate", "Bearer")])
        return self._answer(200, env["channel.metrics"]._text(), [("Cache-Control", "no-store")])

    def _answer(self, status, body, headers=()):
        headers = [("Content-Type", CONTENT_TYPE), *headers]
        return request.make_response(body, headers, status=status)
