"""WordPress's endpoint of media: ``/wp-json/wp/v2/media``."""

from __future__ import annotations

import email
import email.policy
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from . import media, products, wp_auth
from .errors import RestError
from .links import ITEM, item_links
from .paging import page
from .rest import Answer, Call
from .schemas import LISTING, STR, enum

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

LIST: Record = {
    **LISTING,
    "orderby": {**enum("date", "id", "include", "title", "slug"), "default": "date"},
    "slug": {"type": "array", "items": STR},
    "media_type": STR,
    "mime_type": STR,
}


def media_json(store: Store, row: Record) -> Record:
    path = PurePosixPath(row["src"])
    kind = store.files[row["src"]].mimetype
    address = store.url + row["src"]
    out: Record = {"id": row["id"]}
    for key in ("date", "modified"):
        stamp = row["date_created_gmt" if key == "date" else "date_modified_gmt"]
        out.update({key: store.local(stamp), f"{key}_gmt": stamp})
    out["slug"] = slug_of(row)
    out.update(status="inherit", type="attachment", link=f"{store.url}/{slug_of(row)}/")
    out["title"] = {"rendered": row["name"]}
    out.update(alt_text=row["alt"], media_type="image", mime_type=kind)
    out["media_details"] = {"file": str(path).removeprefix(media.UPLOADS), "sizes": {}}
    out["source_url"] = address
    out["_links"] = item_links(store, f"media/{row['id']}", "media", ITEM, space="wp/v2")
    return out


def slug_of(row: Record) -> str:
    return products.slugify(PurePosixPath(row["src"]).stem)


def list_media(call: Call) -> Answer:
    """Anybody may look; whoever names himself must be who he says."""
    wp_auth.is_user(call.store, call.request)
    params = call.params
    rows = list(call.store.media.values())
    if params.get("include"):
        rows = [row for row in rows if row["id"] in params["include"]]
    if params.get("slug"):
        rows = [row for row in rows if slug_of(row) in params["slug"]]
    words = str(params.get("search") or "").lower().split()
    rows = [r for r in rows if all(w in f"{r['name']} {r['src']}".lower() for w in words)]
    rows.sort(key=lambda row: row["id"], reverse=params["order"] == "desc")
    return page(call, rows, lambda row: media_json(call.store, row))


def _row(call: Call) -> Record:
    wp_auth.is_user(call.store, call.request)
    if call.id not in call.store.media:
        raise RestError("rest_post_invalid_id", "Invalid post ID.", 404)
    return call.store.media[call.id]


def view_media(call: Call) -> Answer:
    return Answer(media_json(call.store, _row(call)))


def _refuse_strangers(call: Call, code: str, text: str) -> None:
    if not wp_auth.is_user(call.store, call.request):
        raise RestError(f"rest_cannot_{code}", f"Sorry, you are not allowed to {text}.", 401)


def create_media(call: Call) -> Answer:
    """The file is the whole body, named by ``Content-Disposition``, or a form's ``file``."""
    _refuse_strangers(call, "create", "create posts as this user")
    name, content = _upload(call)
    if not content:
        raise RestError("rest_upload_no_data", "No data supplied.", 400)
    try:
        row = media.add(call.store, name, content)
    except ValueError as error:
        raise RestError("rest_upload_sideload_error", str(error), 500) from error
    _set(row, call.params)
    body = media_json(call.store, row)
    return Answer(body, 201, {"Location": body["_links"]["self"][0]["href"]})


def _upload(call: Call) -> tuple[str, bytes]:
    request = call.request
    if request.header("content-type").startswith("multipart/"):
        return _form_file(request.header("content-type"), request.body)
    disposition = request.header("content-disposition")
    name = _file_name(disposition)
    if not name:
        text = "No Content-Disposition supplied."
        if disposition:
            text = "Invalid Content-Disposition supplied. Content-Disposition needs to be "
            text += 'formatted as `attachment; filename="image.png"` or similar.'
        code = "invalid" if disposition else "no_content"
        raise RestError(f"rest_upload_{code}_disposition", text, 400)
    return name, request.body


def _form_file(kind: str, body: bytes) -> tuple[str, bytes]:
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    for part in form.iter_parts():
        if part.get_filename():
            return str(part.get_filename()), part.get_payload(decode=True)
    raise RestError("rest_upload_no_data", "No data supplied.", 400)


def _file_name(disposition: str) -> str:
    for part in disposition.split(";"):
        key, _, value = part.strip().partition("=")
        if key.strip().lower() == "filename":
            return value.strip().strip('"').rpartition("/")[2]
    return ""


def _set(row: Record, params: Record) -> None:
    title = params.get("title")
    if title:
        row["name"] = str(title["raw"] if isinstance(title, dict) else title)
    if params.get("alt_text") is not None:
        row["alt"] = str(params["alt_text"])


def update_media(call: Call) -> Answer:
    _refuse_strangers(call, "edit", "edit this post")
    row = _row(call)
    _set(row, call.params)
    return Answer(media_json(call.store, row))


def delete_media(call: Call) -> Answer:
    _refuse_strangers(call, "delete", "delete this post")
    row = _row(call)
    if not call.force:
        text = "The post does not support trashing. Set 'force=true' to delete."
        raise RestError("rest_trash_not_supported", text, 501)
    body = media_json(call.store, row)
    media.delete(call.store, row["id"])
    return Answer({"deleted": True, "previous": body})
