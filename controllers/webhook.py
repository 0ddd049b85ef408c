"""The address a shop delivers to: verify the raw bytes, store, enqueue, answer.

Answers: unknown token, draft or neutralised 404; too large 413; compressed or of a strange type
415; wrong signature 401; flood 429; a ping exactly 200. A paused backend stores and says 200,
because a shop that sees errors switches its webhook off. There is no outgoing call and no other
work before the answer.
"""

import hashlib
import time
from collections import deque
from contextlib import suppress

from psycopg2.errors import UniqueViolation
from werkzeug.exceptions import RequestEntityTooLarge

from odoo import SUPERUSER_ID, http
from odoo.http import request
from odoo.tools import mute_logger

from ..core import errors, plain
from ..core.canonical import Notice
from ..services.secrets import decrypt

HARD_LIMIT = 16 * 1024 * 1024
_WINDOW = 60
#: Keys that are counted at the same time, two for each backend that is delivered to.
_KEYS = 4096
#: What a delivery may be written as; the form is a shop's ping. A body in parts or compressed would
#: have to be unpacked before anything says who has sent it.
_CONTENT_TYPES = ("", "application/json", "text/plain", "application/x-www-form-urlencoded")


class Flood:
    """Counts per key in the last minute, in this process only.

    It protects this worker; nothing depends on it being exact or shared. Its memory is bounded by
    :data:`_KEYS` times the limit: keys are made of backends that exist, never of what was asked.
    """

    def __init__(self):
        self._moments = {}

    def exceeds(self, key, limit):
        """Count one for ``key``; True when that makes more than ``limit`` (0: none) in a minute."""
        if limit <= 0:
            return False
        now = time.monotonic()
        if key not in self._moments and len(self._moments) >= _KEYS:
            self._forget(now)
        moments = self._moments.setdefault(key, deque())
        while moments and moments[0] < now - _WINDOW:
            moments.popleft()
        if len(moments) >= limit:
            return True
        moments.append(now)
        return False

    def _forget(self, now):
        """Drop the keys that were silent for a minute, and at least the oldest one."""
        oldest = next(iter(self._moments))
        for key, moments in list(self._moments.items()):  # other threads may add keys
            if key == oldest or not moments or moments[-1] < now - _WINDOW:
                self._moments.pop(key, None)


_flood = Flood()


class ChannelWebhook(http.Controller):
    @http.route(
        "/channel/<string:token>/webhook",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=HARD_LIMIT,
    )
    def receive(self, token, **form):
        env = request.env(user=SUPERUSER_ID)
        neutralized = env["ir.config_parameter"].get_param("database.is_neutralized")
        rules = env["channel.backend"]._delivery_rules(token)
        if neutralized or not rules:
            return self._answer(404, "unknown address")
        if refusal := self._refuse(request.httprequest, rules):
            return self._answer(*refusal)
        try:
            body = request.httprequest.get_data()
        except RequestEntityTooLarge:
            return self._answer(413, "too large")
        if len(body) > rules.max_bytes:  # sent in chunks, without saying how much it will be
            return self._answer(413, "too large")
        return self._accept(env, rules, dict(request.httprequest.headers), body, form)

    def _refuse(self, received, rules):
        """What to answer before the body is read, None where it is welcome."""
        if (received.content_length or 0) > rules.max_bytes:
            return 413, "too large"
        if received.headers.get("Content-Encoding", "identity").lower() != "identity":
            return 415, "compressed"
        if received.mimetype not in _CONTENT_TYPES and not received.mimetype.endswith("+json"):
            return 415, "unknown content type"
        return None

    def _accept(self, env, rules, headers, body, form):
        adapter = rules.adapter_class()
        if adapter.is_ping(headers, body, form):
            return self._answer(200, "pong")
        secrets = [decrypt(env, secret) for secret in rules.secrets]
        if not adapter.verify(headers, body, secrets):
            self._refused(env["channel.backend"].browse(rules.backend_id))
            return self._answer(401, "wrong signature")
        # counted here: whoever knows the address alone could use up what the shop may send
        if _flood.exceeds((request.db, rules.backend_id), rules.per_minute):
            return self._answer(429, "too many", [("Retry-After", str(_WINDOW))])
        try:
            notice = adapter.parse(headers, body)
            payload = plain.loads(body.decode("utf-8-sig"))
        except (errors.Rejected, ValueError) as error:
            notice = Notice("other", "", "", error_code=getattr(error, "code", "no_json"))
            payload = None
        key = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        event = env["channel.event"]._receive(rules, notice, payload, key)
        if event and len(secrets) > 1 and not adapter.verify(headers, body, secrets[:1]):
            event.signed_before = True
        return self._answer(200, "ok")

    def _refused(self, backend):
        """No event and no job for a bad signature; at most once a minute one issue.

        Each process counts for itself: where two open the issue at once, the second one has
        nothing left to do.
        """
        if _flood.exceeds(("refused", request.db, backend.id), 1):
            return
        with (
            suppress(UniqueViolation),
            mute_logger("odoo.sql_db"),
            backend.env.cr.savepoint(),
        ):
            backend._env()._open_issue("rejected_deliveries")

    def _answer(self, status, text, headers=()):
        return request.make_response(
            text, [("Content-Type", "text/plain; charset=utf-8"), *headers], status=status
        )
