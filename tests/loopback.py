"""Real HTTP to this machine from Odoo's tests."""

from urllib.parse import urlsplit

from odoo.tests.common import _super_send


class LoopbackMixin:
    """Let requests to 127.0.0.1 through as they are.

    Odoo's own handler compares the time-out with a number, and our client names one for
    connecting and one for reading.
    """

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if urlsplit(request.url).hostname == "127.0.0.1":
            return _super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)
