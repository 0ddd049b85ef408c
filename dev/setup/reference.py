"""The reference set-up of doc/SCALING.rst, made to run on this machine for the tests.

Everything stays as the reference says, but for addresses, ports, folders and passwords.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests
from servers import START_TIMEOUT, STOP_TIMEOUT, Server, free_port

from channel_connector.dev.woostore.tls import make_certificate

REFERENCE = Path(__file__).resolve().parents[2] / "doc" / "reference"


def _rendered(name: str, changes: Mapping[str, str]) -> str:
    """The text of a reference file with these pieces of it exchanged.

    Raises LookupError for one that it does not hold, so that none goes on unnoticed.
    """
    text = (REFERENCE / name).read_text()
    for old, new in changes.items():
        if old not in text:
            raise LookupError(f"{name} does not say {old!r} any more")
        text = text.replace(old, new)
    return text


def odoo_conf(folder: Path, jobs_port: int, channels: str) -> Path:
    """Write an odoo.conf whose runner asks the balancer on `jobs_port`; returns its path."""
    run = Path(os.environ["RUN"])
    changes = {
        "db_host = db.internal": f"addons_path = {os.environ['ADDONS_DIR']}",
        "db_port = 5432\n": "",
        "db_user = odoo\n": "",
        "db_password = change-me\n": "",
        "db_name = production\n": "",
        "data_dir = /srv/odoo": f"data_dir = {run / 'data'}",
        "http_interface = 10.0.0.11": "http_interface = 127.0.0.1",
        "channels = root:7,root.channel.catalog:3": f"channels = {channels}",
        "port = 8070": f"port = {jobs_port}",
    }
    path = folder / "odoo.conf"
    path.write_text(_rendered("odoo.conf", changes))
    return path


class Nginx:
    """The reference's nginx in front of two servers; a context manager.

    `url`: where shops and people come in, by TLS with a certificate that nobody knows.
    """

    @staticmethod
    def installed() -> bool:
        return bool(shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"))

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.jobs_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, hosts: Sequence[Server]) -> None:
        """Write the configuration for these two hosts and have nginx check it."""
        certificate = make_certificate(self.folder)
        first, second = hosts
        changes = {
            "pid /run/nginx.pid": f"pid {self.folder}/nginx.pid",
            "/var/log/nginx/": f"{self.folder}/",
            "client_body_temp_path /var/lib/nginx/body": "".join(
                f"{kind}_temp_path {self.folder}/{kind};\n    "
                for kind in ("fastcgi", "uwsgi", "scgi")
            )
            + f"client_body_temp_path {self.folder}/body",
            "/var/lib/nginx/proxy": f"{self.folder}/proxy",
            "10.0.0.11:8069": f"127.0.0.1:{first.port}",
            "10.0.0.12:8069": f"127.0.0.1:{second.port}",
            "10.0.0.11:8072": f"127.0.0.1:{first.gevent_port}",
            "10.0.0.12:8072": f"127.0.0.1:{second.gevent_port}",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "listen 127.0.0.1:8070": f"listen 127.0.0.1:{self.jobs_port}",
            "/etc/ssl/odoo.example.com.pem": str(certificate),
            "/etc/ssl/private/odoo.example.com.key": str(certificate),
        }
        (self.folder / "nginx.conf").write_text(_rendered("nginx.conf", changes))
        subprocess.run([*self._command(), "-t", "-q"], check=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        # a folder of a test belongs to its user, nginx's workers are others
        for folder in (self.folder, *list(self.folder.parents)[:2]):
            folder.chmod(0o755)
        self._process = subprocess.Popen([*self._command(), "-g", "daemon off;"])
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx does not start: {self.errors()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT)

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __enter__(self) -> Nginx:
        self.start()
        return self

    def accesses(self) -> list[str]:
        return (self.folder / "access.log").read_text().splitlines()

    def errors(self) -> str:
        log = self.folder / "error.log"
        return log.read_text() if log.exists() else ""

    def _command(self) -> list[str]:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        return [str(program), "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/error.log"]

    def _answers(self) -> bool:
        try:
            requests.get(f"{self.url}/queue_job/", verify=False, timeout=5)
        except requests.RequestException:
            return False
        return True
