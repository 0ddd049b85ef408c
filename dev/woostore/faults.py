"""Things that go wrong between a shop and its client, as they were recorded."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .jsontext import dumps
from .rest import Answer

CRITICAL = (
    "<p>There has been a critical error on this website.</p><p>"
    '<a href="https://wordpress.org/documentation/article/faq-troubleshooting/">'
    "Learn more about troubleshooting WordPress.</a></p>"
)
PHP_NOTICE = (
    b"<br />\n<b>Deprecated</b>:  Creation of dynamic property X::$y is deprecated in "
    b"<b>/var/www/html/wp-content/plugins/foo/foo.php</b> on line <b>12</b><br />\n"
)
NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center>"
    "<h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n"
    "</html>\r\n"
)
HTML = "text/html; charset=UTF-8"
JSON = "application/json; charset=UTF-8"


def _error(status: int, code: str, message: str, **headers: str) -> Answer:
    body = {"code": code, "message": message, "data": {"status": status}}
    return Answer(body, status, {"Content-Type": JSON, **_dashed(headers)})


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {key.replace("_", "-"): value for key, value in headers.items()}


def _html(status: int, text: str | None = None, **headers: str) -> Answer:
    page = f"<html><body><h1>{status}</h1><p>injected (as a proxy or WAF would answer)</p>"
    raw = (text or f"{page}</body></html>").encode()
    return Answer(None, status, {"Content-Type": HTML, **_dashed(headers)}, raw)


def _die(status: int, message: str, **headers: str) -> Answer:
    answer = _error(status, "wp_die", message, **headers)
    answer.body["additional_errors"] = []
    return answer


def _fatal() -> Answer:
    answer = _error(500, "internal_server_error", CRITICAL)
    text = "Uncaught Error: Call to undefined function undefined_function() in /srv/plugin.php:11"
    answer.body["data"]["error"] = {"type": 1, "message": text}
    return answer


def _business() -> Answer:
    code = "woocommerce_rest_cannot_create_order_refund"
    body = {"code": code, "message": "Invalid refund amount.", "data": 500}
    return Answer(body, 500, {"Content-Type": JSON})


VIEW = ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
WRONG = "woocommerce_rest_authentication_error"
NO_ROUTE = ("rest_no_route", "No route was found matching the URL and request method.")
NO_WRITE = "The API key provided does not have write permissions."
MAINTENANCE = "Briefly unavailable for scheduled maintenance. Check back in a minute."
NO_DATABASE = "<h1>Error establishing a database connection</h1>"
BOT = "<!DOCTYPE html><html><body>Just a moment... (bot check)</body></html>"

# Whole answers that stand in for the shop's.
ANSWERS: dict[str, Callable[[], Answer]] = {
    "400-invalid-param": lambda: _error(400, "rest_invalid_param", "Invalid parameter(s): orderby"),
    "401-bad-key": lambda: _error(401, *VIEW),
    "401-bad-secret": lambda: _error(401, WRONG, "Consumer secret is invalid."),
    "401-readonly": lambda: _error(401, WRONG, NO_WRITE),
    "403-editor-orders": lambda: _error(403, *VIEW),
    "403-html": lambda: _html(403),
    "404-no-route": lambda: _error(404, *NO_ROUTE),
    "429-html": lambda: _html(429, Retry_After="7"),
    "429-retry-after": lambda: _html(429, Retry_After="2"),
    "429-no-retry-after": lambda: _html(429),
    "500-fatal-json": _fatal,
    "500-database-down": lambda: _die(500, NO_DATABASE),
    "500-business": _business,
    "502-html": lambda: _html(502),
    "502-nginx": lambda: _html(502, NGINX),
    "503-maintenance": lambda: _die(503, MAINTENANCE, Retry_After="600"),
    "503-html": lambda: _html(503),
    "504-html": lambda: _html(504),
    "200-html": lambda: _html(200, BOT),
}
REDIRECTS = {"redirect-301": 301, "redirect-302": 302, "redirect-307": 307}
# What spoils the shop's own answer.
SPOILS: dict[str, Callable[[bytes], bytes]] = {
    "200-php-notice-before-json": lambda body: PHP_NOTICE + body,
    "200-bom": lambda body: b"\xef\xbb\xbf" + body,
    "broken-json": lambda body: body[: max(1, len(body) - 2 - len(body) // 5)],
}
# What happens to the connection; the server carries these out.
CONNECTION = ("timeout", "reset", "half-body")
KINDS = (*ANSWERS, *REDIRECTS, *SPOILS, *CONNECTION)


@dataclass
class Fault:
    kind: str
    times: int
    method: str | None
    path: re.Pattern[str] | None
    when: str
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    location: str = ""
    skip: int = 0

    def fits(self, method: str, path: str) -> bool:
        return (
            self.times > 0
            and self.method in (None, method)
            and (self.path is None or self.path.search(path) is not None)
        )


@dataclass
class Faults:
    """Faults waiting to happen. ``down``: every request gets 503 until it is False again."""

    waiting: list[Fault] = field(default_factory=list)
    happened: list[tuple[str, str, str]] = field(default_factory=list)
    down: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def add(
        self,
        kind: str,
        times: int = 1,
        method: str | None = None,
        path: str | None = None,
        when: str = "before",
        seconds: float = 30.0,
        retry_after: str | int | None = None,
        location: str = "",
        skip: int = 0,
    ) -> Fault:
        """The next ``times`` fitting requests go wrong, after ``skip`` that go well.

        ``kind``: one of ``KINDS``. ``path``: a regular expression. ``when``: "before" the shop
        does anything, or "after" it did and its answer is lost. ``seconds``: how long a timeout
        holds the answer. ``retry_after``: value of that header.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        pattern = re.compile(path) if path else None
        fault = Fault(kind, times, method, pattern, when, seconds, headers, location, skip)
        with self._lock:
            self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self.waiting.clear()
        self.down = False

    def take(self, method: str, path: str) -> Fault | None:
        """The first waiting fault that fits, used up once."""
        with self._lock:
            fault = next((f for f in self.waiting if f.fits(method, path)), None)
            if fault is None:
                return None
            if fault.skip:
                fault.skip -= 1
                return None
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
            self.happened.append((fault.kind, method, path))
            return fault


def body_bytes(answer: Answer) -> bytes:
    if answer.raw is not None:
        return answer.raw
    return dumps(answer.body).encode()


def stand_in(fault: Fault, own_url: str) -> Answer | None:
    """The answer that replaces the shop's, if the fault has one."""
    if fault.kind in ANSWERS:
        answer = ANSWERS[fault.kind]()
        answer.headers.update(fault.headers)
        return answer
    if fault.kind in REDIRECTS:
        target = fault.location or own_url
        return Answer(None, REDIRECTS[fault.kind], {"Location": target}, b"")
    return None


def spoil(fault: Fault, answer: Answer) -> Answer:
    if fault.kind in SPOILS:
        answer.raw = SPOILS[fault.kind](body_bytes(answer))
    return answer
