"""The REST API's front: reads a request, finds its route, answers as WordPress does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import auth, listing, phpquery, schema
from .errors import RestError, no_route
from .served import ServedRequest, without_secrets

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
Schema = dict[str, Any] | Callable[["Store"], dict[str, Any]] | None
EDITING = ("POST", "PUT", "PATCH")
# Parts of paths that become arguments.
NUMBER = r"(\d+)"
WORD = r"([\w-]+)"


@dataclass
class Request:
    """One HTTP request as it reached the shop."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    secure: bool = False
    # Reached as ``?rest_route=``: there no key is looked at.
    rest_route: bool = False

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass
class Answer:
    """What goes back. ``raw`` replaces the JSON of ``body``."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass
class Call:
    """A request that found its route: parameters checked, arguments of the path read."""

    store: Store
    method: str
    params: Record
    args: tuple[int | str, ...]
    query: Record
    path: str
    request: Request
    # Run after the store is unlocked and before the answer is sent (pings).
    after: list[Callable[[], object]] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.args[-1])

    @property
    def force(self) -> bool:
        return self.params.get("force") in schema.TRUE


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Endpoint:
    handler: Handler
    context: str = "view"
    schema: Schema = None
    public: bool = False


@dataclass(frozen=True)
class Route:
    """A path below a namespace; ``(\\d+)`` parts become int arguments."""

    pattern: str
    endpoints: dict[str, Endpoint]
    since: tuple[int, ...] = (0,)
    feature: str = ""
    namespaces: tuple[str, ...] = ("wc/v3", "wc/v2")

    @property
    def allowed(self) -> list[str]:
        return [m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if m in self.endpoints]

    def match(self, path: str) -> tuple[int | str, ...] | None:
        found = re.fullmatch(self.pattern, path)
        if not found:
            return None
        return tuple(int(g) if g.isdigit() else g for g in found.groups())


def serve(store: Store, request: Request) -> Answer:
    """Answer a request under /wp-json, and keep a note of it in ``store.requests``."""
    query = phpquery.parse(request.query)
    note = ServedRequest(
        request.method, request.path, without_secrets(query), started=store.clock.now()
    )
    store.requests.append(note)
    method = _method(request, query)
    answer, allowed = _answer(store, request, method, query, note)
    _add_headers(store, answer, allowed)
    if query.get("_envelope") in schema.TRUE and answer.raw is None:
        answer = _envelope(store, answer)
    note.status = answer.status
    return answer


def _method(request: Request, query: Record) -> str:
    """POST may stand for another method: ``?_method=GET`` or X-HTTP-Method-Override."""
    override = query.get("_method") or request.header("x-http-method-override")
    return str(override).upper() if request.method == "POST" and override else request.method


def _answer(
    store: Store, request: Request, method: str, query: Record, note: ServedRequest
) -> tuple[Answer, list[str]]:
    allowed: list[str] = []
    params: Record = {}
    after: list[Callable[[], object]] = []
    try:
        with store.lock:
            key = _authenticate(store, request, query)
            auth.check_permission(key, method)
            route, args = _find(store, request.path, method)
            endpoint = route.endpoints["GET" if method == "HEAD" else method]
            allowed = route.allowed if (key and key.privileged) or endpoint.public else []
            params = _params(request, query)
            note.body = params if method != "GET" else None
            rules = endpoint.schema(store) if callable(endpoint.schema) else endpoint.schema
            if rules:
                params = schema.checked(params, rules)
            if not endpoint.public:
                auth.refuse_unprivileged(key, endpoint.context)
            call = Call(store, method, params, args, query, request.path, request, after)
            answer = endpoint.handler(call)
        for action in after:
            action()
        batch = request.path.rstrip("/").endswith("/batch")
        return _trimmed(answer, listing.fields_of(params), batch), allowed
    except RestError as error:
        return Answer(error.body(), error.status), [] if error.hides_allow else allowed


def _trimmed(answer: Answer, fields: list[str], batch: bool) -> Answer:
    """``_fields``; a single object keeps its links whatever is asked for."""
    if not fields or answer.raw is not None:
        return answer
    if batch and isinstance(answer.body, dict):
        answer.body = listing.trim_batch(answer.body, fields)
    else:
        kept = [*fields, "_links"] if isinstance(answer.body, dict) else fields
        answer.body = listing.trim(answer.body, kept)
    return answer


def _authenticate(store: Store, request: Request, query: Record) -> auth.Key | None:
    return auth.authenticate(
        store,
        auth.Asked(
            method=request.method,
            url=_own_url(store, request),
            path="" if request.rest_route else request.path,
            query=phpquery.flat(request.query),
            authorization=request.header("authorization"),
            secure=request.secure,
        ),
    )


def _own_url(store: Store, request: Request) -> str:
    """The address that is signed: the shop's own, with the scheme PHP sees."""
    scheme = "https" if request.secure else "http"
    return f"{scheme}://{store.url.partition('://')[2]}{request.path}"


def _params(request: Request, query: Record) -> Record:
    """JSON goes before form values, form values before the query."""
    kind = request.header("content-type")
    if "json" in kind and request.body:
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise RestError(
                "rest_invalid_json",
                "Invalid JSON body passed.",
                400,
                {"json_error_code": 4, "json_error_message": "Syntax error"},
            ) from error
        return {**query, **(body if isinstance(body, dict) else {})}
    if "x-www-form-urlencoded" in kind and request.body:
        return {**query, **phpquery.parse(request.body.decode())}
    return dict(query)


def _find(store: Store, path: str, method: str) -> tuple[Route, tuple[int | str, ...]]:
    from .routes import ROUTES  # the routes know the handlers, which know this module

    wanted = path.removeprefix("/wp-json").strip("/")
    if method == "OPTIONS" or method == "HEAD":
        method = "GET"
    for route in ROUTES:
        if store.release < route.since or not offers(store, route):
            continue
        for namespace in route.namespaces:
            prefix = f"{namespace}/" if namespace else ""
            if not wanted.startswith(prefix):
                continue
            args = route.match(wanted[len(prefix) :])
            if args is not None and method in route.endpoints:
                return route, args
    raise no_route()


def offers(store: Store, route: Route) -> bool:
    """Routes of plug-ins and switched features exist only where the shop has them."""
    return not route.feature or route.feature in store.features


def _add_headers(store: Store, answer: Answer, allowed: list[str]) -> None:
    headers = {
        "Date": store.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Content-Type": "application/json; charset=UTF-8",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
        "Access-Control-Allow-Headers": "Authorization, X-WP-Nonce, Content-Disposition, "
        "Content-MD5, Content-Type",
        "Link": _api_link(store),
    }
    if allowed:
        headers["Allow"] = ", ".join(allowed)
        headers["Expires"] = "Wed, 11 Jan 1984 05:00:00 GMT"
        headers["Cache-Control"] = "no-cache, must-revalidate, max-age=0, no-store, private"
    answer.headers = {**headers, **answer.headers}


def _envelope(store: Store, answer: Answer) -> Answer:
    shown: Record = {
        key: int(answer.headers[key]) if key.startswith("X-WP") else answer.headers[key]
        for key in ("X-WP-Total", "X-WP-TotalPages", "Link", "Allow")
        if key in answer.headers
    }
    body = {"body": answer.body, "status": answer.status, "headers": shown}
    outside = {k: v for k, v in answer.headers.items() if k not in shown}
    return Answer(body, 200, {**outside, "Link": _api_link(store)})


def _api_link(store: Store) -> str:
    return f'<{store.url}/wp-json/>; rel="https://api.w.org/"'


# --- what handlers use --------------------------------------------------------------------------
