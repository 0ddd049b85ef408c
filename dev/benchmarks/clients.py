"""Clients that post deliveries and time the answers."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from .figures import Sample


@dataclass(frozen=True)
class Delivery:
    """One POST, made ready before the clock starts."""

    path: str
    body: bytes
    headers: dict[str, str]


def post_all(
    url: str, deliveries: Sequence[Delivery], clients: int, *, keep_alive: bool
) -> list[Sample]:
    """Share deliveries among ``clients`` that post one after the other; times of all answers.

    :raises RuntimeError: an answer was not 200
    """
    samples: list[Sample] = []
    problems: list[str] = []
    threads = [
        threading.Thread(
            target=_client, args=(url, deliveries[n::clients], keep_alive, samples, problems)
        )
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(problems[0])
    return samples


def _client(
    url: str,
    deliveries: Sequence[Delivery],
    keep_alive: bool,
    samples: list[Sample],
    problems: list[str],
) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    for delivery in deliveries:
        try:
            samples.append(_post(connection, delivery, keep_alive=keep_alive))
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            problems.append(f"{type(error).__name__}: {error}")
            break
    connection.close()


def _post(
    connection: http.client.HTTPConnection, delivery: Delivery, *, keep_alive: bool
) -> Sample:
    headers = {**delivery.headers, "Connection": "keep-alive" if keep_alive else "close"}
    started = time.perf_counter()
    connection.request("POST", delivery.path, delivery.body, headers)
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"{delivery.path.split('/')[1]}: {answer.status}")
    if not keep_alive:
        connection.close()
    return Sample(seconds * 1000)
