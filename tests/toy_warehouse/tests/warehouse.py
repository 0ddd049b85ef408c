"""The toy warehouse itself: a small HTTP server with a state, as somebody else would run it.

::

    GET    /status
    GET    /dispatches?after=<count of changes>&since=<moment>&limit=   in the order they changed in
    GET    /dispatches?client_ref=<marker>
    POST   /dispatches          the same thing sent twice becomes two: it looks for no marker
    GET    /dispatches/<id>
    PUT    /dispatches/<id>     as long as nothing was packed; the same content always
    DELETE /dispatches/<id>     cancels it, as long as nothing was packed
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: Parts of an address without which no parcel arrives.
NEEDED = ("name", "street", "zip", "city", "country")
#: What a change may replace.
CONTENT = ("reference", "order", "service", "to", "lines")


class Refused(Exception):
    def __init__(self, status: int, **answer: Any) -> None:
        super().__init__(status)
        self.status, self.answer = status, answer


class Warehouse:
    """Its state, what people do in it, and its server (a context manager)."""

    account, password = "toy-account", "toy-password"

    def __init__(self, *skus: str) -> None:
        self.skus = set(skus)
        self.dispatches: dict[str, dict[str, Any]] = {}
        self.changes = 0
        self.requests: list[tuple[str, str, int]] = []
        self.clock: datetime | None = None
        self.late = timedelta()
        self._fault: tuple[str, str] | None = None
        self._lock = threading.RLock()
        self._silent = threading.Event()
        self._closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), self)

    # === SERVER === #

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Warehouse:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def lose(self, how: str, when: str) -> None:
        """The answer to the next change is lost: ``timeout`` or ``reset``, ``before`` or ``after``
        it happened."""
        self._fault = (how, when)

    # === PEOPLE IN THE WAREHOUSE === #

    def ship(self, name: str, pieces: int = 0, last: bool = True) -> str:
        """Send a parcel with so many pieces of each line (0: all that are left)."""
        with self._lock:
            row = self.dispatches[name]
            contents = []
            for line in row["lines"]:
                left = Decimal(line["pieces"]) - self._shipped(row, line["sku"])
                count = min(left, Decimal(pieces)) if pieces else left
                if count:
                    contents.append({"sku": line["sku"], "pieces": str(count)})
            number = f"TOY{len(row['parcels']) + 1}{name}"
            row["parcels"].append(
                {
                    "id": f"P-{len(row['parcels']) + 1}",
                    "tracking": number,
                    "carrier": "Toy Express",
                    "left_at": self.now().isoformat(),
                    "contents": contents,
                }
            )
            self._changed(row, "shipped" if last else "packing")
            return number

    def reject(self, name: str, reason: str = "damaged_label") -> str:
        with self._lock:
            self.dispatches[name]["reason"] = reason
            self._changed(self.dispatches[name], "rejected")
            return reason

    def cancel(self, name: str) -> None:
        with self._lock:
            self._changed(self.dispatches[name], "cancelled")

    def _shipped(self, row: dict[str, Any], sku: str) -> Decimal:
        return sum(
            (
                Decimal(content["pieces"])
                for parcel in row["parcels"]
                for content in parcel["contents"]
                if content["sku"] == sku
            ),
            Decimal(0),
        )

    def open(self) -> list[dict[str, Any]]:
        return [row for row in self.dispatches.values() if row["status"] in ("new", "packing")]

    def now(self) -> datetime:
        return (self.clock or datetime.now(timezone.utc)) + self.late

    def _changed(self, row: dict[str, Any], status: str) -> None:
        self.changes += 1
        row.update(status=status, change=self.changes, changed_at=self.now().isoformat())

    # === API === #

    def answer(self, method: str, target: str, headers: Any, body: Any) -> tuple[int, Any]:
        parts = urlsplit(target)
        try:
            self._authenticate(headers.get("Authorization", ""))
            with self._lock:
                result = self._route(method, parts.path, dict(parse_qsl(parts.query)), body)
            status = 201 if method == "POST" else 200
        except Refused as refused:
            status, result = refused.status, refused.answer
        self.requests.append((method, parts.path, status))
        return status, deepcopy(result)

    def _authenticate(self, header: str) -> None:
        right = base64.b64encode(f"{self.account}:{self.password}".encode()).decode()
        if header != f"Basic {right}":
            raise Refused(401, error="who_are_you")

    def _route(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if (method, path) == ("GET", "/status"):
            return {"name": "Toy Warehouse", "version": "1.0"}
        if path == "/dispatches":
            return self.accept(body) if method == "POST" else self._list(query)
        row = self.dispatches.get(path.removeprefix("/dispatches/"))
        if row is None:
            raise Refused(404, error="no_such_dispatch")
        if method == "PUT":
            self._replace(row, body)
        elif method == "DELETE":
            self._delete(row)
        return row

    def _list(self, query: dict[str, str]) -> Any:
        rows = sorted(self.dispatches.values(), key=lambda row: row["change"])
        if "client_ref" in query:
            return {"dispatches": [row for row in rows if row["client_ref"] == query["client_ref"]]}
        after, limit = int(query.get("after", 0)), int(query["limit"])
        rows = [row for row in rows if row["change"] > after]
        if since := query.get("since"):
            moment = datetime.fromisoformat(since)
            rows = [row for row in rows if datetime.fromisoformat(row["changed_at"]) >= moment]
        page = rows[:limit]
        # an empty page of what is new since a moment says nothing of what was before it
        following = page[-1]["change"] if page else max(after, self.changes)
        return {"dispatches": page, "next": following, "more": len(rows) > limit}

    def accept(self, body: dict[str, Any]) -> dict[str, Any]:
        self._inspect(body)
        name = f"D-{len(self.dispatches) + 1}"
        row = {"id": name, "client_ref": body["client_ref"], "parcels": []}
        row |= {part: body[part] for part in CONTENT}
        self._changed(row, "new")
        self.dispatches[name] = row
        return row

    def _inspect(self, body: dict[str, Any]) -> None:
        unknown = sorted({line["sku"] for line in body["lines"]} - self.skus)
        if unknown:
            raise Refused(422, error="unknown_sku", skus=unknown)
        missing = [part for part in NEEDED if not body["to"].get(part)]
        if missing:
            raise Refused(422, error="bad_address", fields=missing)

    def _replace(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        if all(row[part] == body[part] for part in CONTENT):
            return
        if row["status"] != "new":
            raise Refused(409, error="too_late")
        self._inspect(body)
        row.update({part: body[part] for part in CONTENT})
        self._changed(row, "new")

    def _delete(self, row: dict[str, Any]) -> None:
        if row["status"] in ("packing", "shipped"):
            raise Refused(409, error="too_late")
        if row["status"] != "cancelled":
            self._changed(row, "cancelled")

    # === FAULTS === #

    def take_fault(self, method: str, when: str) -> str:
        """How the connection ends now, '' if it doesn't."""
        if method == "GET" or not self._fault or self._fault[1] != when:
            return ""
        how, self._fault = self._fault[0], None
        if how == "timeout":
            self._silent.set()
            self._closing.wait(10)
        return how

    def is_silent(self) -> bool:
        """Whether somebody waits for an answer that never comes."""
        return self._silent.is_set()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our troubles."""


class Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        warehouse = self.server.warehouse
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        if warehouse.take_fault(self.command, "before"):
            return self._drop()
        status, answer = warehouse.answer(self.command, self.path, self.headers, body)
        if warehouse.take_fault(self.command, "after"):
            return self._drop()
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _drop(self) -> None:
        """Break the connection as a router does, without a word."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, *arguments: Any) -> None:
        """The tests' output is for people."""
