"""The one exception of the REST API: it becomes WordPress's error object."""

from __future__ import annotations

from typing import Any


class RestError(Exception):
    """An error answer. ``data`` is what stands beside ``status``; a bare int replaces it all,
    as in refund errors, whose HTTP status is then 500."""

    def __init__(
        self,
        code: str | int,
        message: str,
        status: int = 400,
        data: dict[str, Any] | int | None = None,
        *,
        hides_allow: bool = False,
        bare: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data
        # Refused while rights were checked: then no Allow header is sent.
        self.hides_allow = hides_allow
        # Made without any data, its status included.
        self.bare = bare

    def body(self) -> dict[str, Any]:
        if self.bare or isinstance(self.data, int):
            return {"code": self.code, "message": self.message, "data": self.data}
        data = {"status": self.status, **(self.data or {})}
        return {"code": self.code, "message": self.message, "data": data}


class Fatal(Exception):
    """PHP broke off: whatever was done until then is done."""


def invalid_id(kind: str, status: int = 404, *, hides_allow: bool = False) -> RestError:
    """``kind`` is the object's name in error codes: shop_order, product, shop_coupon, …"""
    code = f"woocommerce_rest_{kind}_invalid_id"
    return RestError(code, "Invalid ID.", status, hides_allow=hides_allow)


def no_route() -> RestError:
    return RestError(
        "rest_no_route", "No route was found matching the URL and request method.", 404
    )


def trash_not_supported(what: str) -> RestError:
    return RestError(
        "woocommerce_rest_trash_not_supported", f"{what} do not support trashing.", 501
    )
