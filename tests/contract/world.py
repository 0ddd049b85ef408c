"""What a contract test asks of a provider's store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from ...core.catalogue import Price, StockKeeper, TermKind


class World(Protocol):
    """An adapter and the store behind it. Times are the store's own."""

    adapter: Any

    def place_order(self, quantity: int = 1) -> str:
        """Sell something that is shipped; returns the order's external id."""

    def touch_order(self, external_id: str) -> None:
        """Change an order so that its moment of change moves."""

    def refund_order(self, external_id: str, amount: str) -> str:
        """Give back an amount of an order, without lines; returns the refund's external id."""

    def delete_refund(self, external_id: str) -> None:
        """Delete a refund in the store."""

    def tick(self, seconds: int) -> None:
        """Let the store's time go on (by less than a quarter of an hour in all)."""

    def stop_clock(self) -> None:
        """Whatever happens from now on happens in the same second, until the next tick."""

    def impatient(self) -> Any:
        """Another adapter to the same store, which waits one second for an answer."""

    def lose(self, how: str, when: str) -> None:
        """The answer to the next thing that is made never comes: ``how`` is timeout or reset.

        ``when``: "after" the store made it, or "before" it saw the request.
        """

    def trash_order(self, external_id: str) -> None:
        """Move an order to where it can be taken from again."""

    def status_codes(self) -> tuple[str, str]:
        """A status an order can have, other than that of a new one, and one no order has."""

    def order_notes(self, external_id: str) -> list[str]:
        """The texts on an order as people read them."""

    def customer_mails(self, external_id: str) -> list[str]:
        """What the store has mailed to an order's customer."""

    def shipments(self, external_id: str) -> list[str]:
        """What the store knows of an order's shipments, a text for each; tracking number in it."""

    def sku(self) -> str:
        """The SKU of something that the warehouse has many pieces of; another one each time."""

    def ask(self, quantity: int = 1) -> str:
        """Somebody asks the warehouse to send something; returns the request's external id."""

    def open_requests(self) -> list[str]:
        """External ids of the requests that the warehouse is going to fulfil."""

    def asked_for(self, external_id: str) -> dict[str, Decimal]:
        """What the warehouse is going to send for a request: pieces by SKU."""

    def label(self, external_id: str) -> str:
        """What the warehouse is going to write on the parcel of a request."""

    def send(self, external_id: str, quantity: int = 0, last: bool = True) -> str:
        """A parcel leaves the warehouse; returns its tracking number.

        :param quantity: so many pieces of each of the goods, 0: all that are left
        :param last: nothing more will be sent for this request
        """

    def refuse(self, external_id: str) -> str:
        """The warehouse turns a request down later on; returns its code for the reason."""

    def pay_out(self, external_ids: Sequence[str], fees: str) -> str:
        """A gateway pays out the charges of orders (which were paid through it); returns the
        payout's external id.
        """

    def paid_order(self) -> str:
        """Sell something that is paid through the gateway which pays out."""

    def goods(self, count: int) -> list[str]:
        """New products without variants, whose pieces the store counts; their external ids."""

    def variants(self, count: int) -> tuple[str, list[str]]:
        """A new product with ``count`` variants that are counted one by one; (its id, theirs)."""

    def shown_stock(self, external_id: str) -> int | None:
        """The pieces that the store shows of a product or variant, None where it counts none."""

    def shown_price(self, external_id: str) -> Price:
        """What the store asks for a product or variant."""

    def count_by(self, external_id: str, keeper: StockKeeper) -> None:
        """Say who counts the pieces of a product or variant."""

    def stop_counting(self) -> None:
        """Switch the store's counting off as a whole."""

    def remove_product(self, external_id: str) -> None:
        """Delete a product or variant for good."""

    def poison(self, external_id: str) -> None:
        """From now on the store breaks whenever it is to change this product."""

    def limit(self) -> int:
        """Items that the store takes in one call."""

    def make_term(self, kind: TermKind, name: str, parent: str = "") -> str:
        """A new category, tag, brand or shared attribute; its external id."""

    def sku_of(self, external_id: str) -> str:
        """The SKU of a product or variant."""

    def known_as(self, sku: str) -> list[str]:
        """External ids of all products and variants with this SKU, the trash included."""

    def touch_product(self, external_id: str) -> None:
        """Change a product or variant so that its product's moment of change moves."""

    def trash_product(self, external_id: str) -> None:
        """Move a product to where it can be taken from again."""

    def show_picture(self) -> tuple[str, str, bytes]:
        """A picture in the store: its external id, address and bytes."""

    def no_picture(self) -> str:
        """The address of something in the store that is no picture."""

    def pictures(self) -> int:
        """How many pictures the store keeps."""

    def uploader(self) -> Any:
        """Another adapter, which has what it needs to upload pictures."""

    def add_customer(self, email: str) -> str:
        """Open an account; returns its external id."""

    def remove_customer(self, external_id: str) -> None:
        """Delete an account."""

    def requests(self) -> int:
        """How many requests the store has answered so far."""

    def refuse_key(self) -> None:
        """From now on the store refuses the adapter's key."""

    def hook_url(self) -> str:
        """An address that takes deliveries."""

    def break_hook(self, external_id: str) -> None:
        """Switch a hook off, as the store does after too many failures."""

    def copy_hook(self, external_id: str) -> None:
        """Make a second hook for the same topic and address."""

    def move_hook(self, external_id: str, url: str) -> None:
        """Make a hook deliver to another address."""

    def foreign_hook(self) -> str:
        """A hook that somebody else has made for something else; its external id."""

    def has_hook(self, external_id: str) -> bool:
        """Whether a hook is there."""

    def delivery(self, secret: str) -> tuple[Mapping[str, str], bytes, str]:
        """Headers and body of a signed delivery about an order, and that order's id."""

    def ping(self) -> tuple[Mapping[str, str], bytes, Mapping[str, str]]:
        """Headers, body and form of the store's test call."""
