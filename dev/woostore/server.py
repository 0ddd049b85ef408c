"""Stores behind a real HTTP server: HTTP/1.1, kept alive, one thread per connection."""

from __future__ import annotations

import shutil
import ssl
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from . import faults as faulty
from . import media, page, phpquery
from .clock import GMT
from .errors import Fatal
from .faults import Fault, Faults
from .httpd import Dropped, HTTPServer
from .rest import Answer, Request, serve
from .store import Store
from .tls import make_certificate, server_context

HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


class Server:
    """Serves one store, or several under ``/name``. A context manager.

    ``behind_proxy``: believe ``X-Forwarded-Proto``; without it a shop that is reached by plain
    HTTP behind a TLS proxy ignores Basic and query keys.
    """

    def __init__(
        self,
        stores: Store | Mapping[str, Store] | Iterable[tuple[str, Store]],
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        behind_proxy: bool = False,
    ) -> None:
        named = {"": stores} if isinstance(stores, Store) else dict(stores)
        self.stores: dict[str, Store] = named
        self.host = host
        self.port = port
        self.prefix = prefix.rstrip("/")
        self.behind_proxy = behind_proxy
        self.faults = Faults()
        self.ca_path: str | None = None
        self._tls: ssl.SSLContext | None = None
        self._folder: Path | None = None
        self._stopping = threading.Event()
        self._delivering: threading.Thread | None = None
        self._stop_delivering = threading.Event()
        self._http: HTTPServer | None = None
        self._thread: threading.Thread | None = None
        if tls:
            self._folder = Path(tempfile.mkdtemp(prefix="woostore-"))
            self._tls = server_context(make_certificate(self._folder, host))
            self.ca_path = str(self._folder / "ca.pem")

    # --- addresses -----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Address of the first store, without a slash at the end."""
        return self.url_of(next(iter(self.stores)))

    def url_of(self, name: str) -> str:
        scheme = "https" if self._tls else "http"
        base = f"{scheme}://{self.host}:{self.port}{self.prefix}"
        return f"{base}/{name}" if name else base

    def find(self, path: str) -> tuple[Store | None, str]:
        """The store a path belongs to, and the rest of the path."""
        if not path.startswith(self.prefix):
            return None, path
        rest = path[len(self.prefix) :] or "/"
        for name, store in self.stores.items():
            if not name:
                return store, rest
            if rest == f"/{name}" or rest.startswith(f"/{name}/"):
                return store, rest[len(name) + 1 :] or "/"
        return None, rest

    # --- life ----------------------------------------------------------------------------

    def start(self) -> Server:
        self._stopping.clear()
        self._listen()
        for name, store in self.stores.items():
            store.url = self.url_of(name)
        return self

    def _listen(self) -> None:
        self._http = HTTPServer((self.host, self.port), self, self._tls)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self.stop_delivering()
        self.pause()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def pause(self) -> None:
        """Close the listening socket and all connections: clients get "connection refused"."""
        self._stopping.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http.drop_connections()
            self._http = None

    def resume(self) -> None:
        """Listen again, on the same port."""
        if self._http is None:
            self._stopping.clear()
            self._listen()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- webhooks ------------------------------------------------------------------------

    def start_delivering(self, every: float = 0.5) -> None:
        """Deliver webhooks of all stores in the background, each ``every`` seconds."""
        if self._delivering is not None:
            return
        self._stop_delivering.clear()
        self._delivering = threading.Thread(target=self._deliver, args=(every,), daemon=True)
        self._delivering.start()

    def _deliver(self, every: float) -> None:
        while not self._stop_delivering.wait(every):
            for store in self.stores.values():
                store.deliver()

    def stop_delivering(self) -> None:
        if self._delivering is not None:
            self._stop_delivering.set()
            self._delivering.join(timeout=10)
            self._delivering = None

    # --- answering -----------------------------------------------------------------------

    def answer(self, request: Request, raw_target: str) -> Answer:
        """What the shop (or what stands before it) answers. Dropped: nothing at all."""
        if self.faults.down:
            return faulty.ANSWERS["503-html"]()
        fault = self.faults.take(request.method, request.path)
        try:
            if fault is None:
                return self._serve(request)
            return self._faulty(fault, request, raw_target)
        except Fatal:
            return faulty.ANSWERS["500-fatal-json"]()

    def _faulty(self, fault: Fault, request: Request, raw_target: str) -> Answer:
        own_url = self.url_of("")[: -len(self.prefix) or None] + raw_target
        spoils = fault.kind in faulty.SPOILS or fault.kind == "half-body"
        answer = self._serve(request) if fault.when == "after" or spoils else None
        if fault.kind == "timeout":
            self._stopping.wait(fault.seconds)
            raise Dropped
        if fault.kind == "reset":
            raise Dropped("reset")
        if fault.kind == "half-body" and answer is not None:
            answer.headers["X-Half-Body"] = "1"
            return answer
        instead = faulty.stand_in(fault, own_url)
        if instead is not None:
            return instead
        return faulty.spoil(fault, answer or self._serve(request))

    def _serve(self, request: Request) -> Answer:
        store, path = self.find(request.path)
        if store is None:
            return page.not_found()
        query = phpquery.parse(request.query)
        request.path = path
        if path in ("/", "/index.php") and "rest_route" in query:
            request.rest_route = True
            request.path = "/wp-json" + str(query["rest_route"])
            return serve(store, request)
        if path.startswith(media.UPLOADS):
            return page.file(store, path)
        if path == "/wp-json" or path.startswith("/wp-json/"):
            return serve(store, request)
        return page.serve(store, request)

    def date(self) -> str:
        store = next(iter(self.stores.values()))
        return store.clock.now().astimezone(GMT).strftime(HTTP_DATE)
