"""The media library: rows as products show them, and the bytes behind their addresses.

A picture that a product names by address is fetched and stored anew, each time; WordPress
numbers files of one name. Source: wc_rest_upload_image_from_url(), wp_handle_sideload().
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from . import pictures
from .errors import RestError

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

UPLOADS = "/wp-content/uploads/"
BAD_TYPE = "Sorry, you are not allowed to upload this file type."


@dataclass(frozen=True)
class File:
    content: bytes
    mimetype: str


def add(store: Store, name: str, content: bytes, title: str = "", alt: str = "") -> Record:
    """Store a file under a free name. ValueError: by its name or its bytes it is no picture."""
    kind = pictures.kind_of(content)
    if not kind or not pictures.kind_by_name(name):
        raise ValueError(BAD_TYPE)
    path = _free_path(store, _name_for(name, kind))
    store.files[path] = File(content, kind)
    now = store.clock.stamp()
    row = {
        "id": store.next_id(),
        **dict.fromkeys(("date_created", "date_modified"), store.local(store.local(now))),
        **dict.fromkeys(("date_created_gmt", "date_modified_gmt"), now),
        "src": path,
        "name": title or path.rpartition("/")[2],
        "alt": alt,
    }
    ordered = ("id", "date_created", "date_created_gmt", "date_modified", "date_modified_gmt")
    store.media[row["id"]] = {key: row[key] for key in (*ordered, "src", "name", "alt")}
    return store.media[row["id"]]


def _name_for(name: str, kind: str) -> str:
    """With the ending that fits the bytes."""
    if pictures.kind_by_name(name) == kind:
        return name
    ending = next(end for end, mimetype in pictures.ENDINGS.items() if mimetype == kind)
    return PurePosixPath(name).stem + ending


def _free_path(store: Store, name: str) -> str:
    folder = f"{UPLOADS}{store.clock.now():%Y/%m}/"
    stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix
    path, count = folder + name, 1
    while path in store.files:
        path, count = f"{folder}{stem}-{count}{ending}", count + 1
    return path


def adopt(store: Store, image: Record | str) -> Record:
    """An image that a product has from the beginning: a row with an id, or just a file's name."""
    if isinstance(image, str) or not image.get("id"):
        name = image if isinstance(image, str) else str(image["src"]).rpartition("/")[2]
        given = {} if isinstance(image, str) else image
        title, alt = str(given.get("name") or ""), str(given.get("alt") or "")
        return add(store, name, pictures.picture(name), title, alt)
    row = store.media.setdefault(image["id"], image)
    path = row["src"]
    content = pictures.picture(path)
    store.files.setdefault(path, File(content, pictures.kind_of(content)))
    return row


def by_id(store: Store, image_id: int, what: str) -> Record:
    """``what``: product or variation, whose error it is."""
    if image_id not in store.media:
        text = f"#{image_id} is an invalid image ID."
        raise RestError(f"woocommerce_{what}_invalid_image_id", text, 400)
    return store.media[image_id]


def fetch(store: Store, address: str, what: str) -> Record:
    """Download a picture, and keep it."""
    code = f"woocommerce_{what}_image_upload_error"
    status, reason, content = store.download(address)
    if status != 200:
        text = f"Error getting remote image {address}. Error: {reason}"
        raise RestError(code, text, 400)
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    try:
        return add(store, name, content)
    except ValueError as error:
        raise RestError(code, f"Invalid image: {error}", 400) from error


def given(store: Store, row: Record, what: str) -> Record:
    """A picture of a product that is written: by id or address, with a new name or text."""
    image = by_id(store, int(row["id"]), what) if row.get("id") else None
    if image is None:
        image = fetch(store, str(row.get("src") or ""), what)
    image.update({key: str(row[key]) for key in ("name", "alt") if row.get(key)})
    return image


def delete(store: Store, image_id: int) -> None:
    row = store.media.pop(image_id)
    store.files.pop(row["src"], None)
    for product in store.products.values():
        product["images"] = [image for image in product["images"] if image["id"] != image_id]
