"""A catalogue in one language: products as a channel shows them, and as Odoo would have them.

The same values travel both ways: a provider translates a channel's product into a
:class:`Product`, the shell reads one out of Odoo, and whoever compares the two
(:mod:`.catalogue_diff`) knows what an import or an export would change.

Amounts are :class:`decimal.Decimal` as the channel shows them (including or excluding tax as the
store does, ``None`` where it has none), weights in kilograms, lengths in millimetres, moments
timezone-aware UTC. Texts may be HTML where the field's note says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum

from .errors import ChannelError

#: What can have an owner of its own. ``details``: SKU, barcode, weight, size, tax class, kind of
#: goods; ``texts`` includes whether the product is published; ``categories`` tags and brands.
GROUPS = ("texts", "details", "prices", "images", "categories", "attributes", "stock")


class ProductKind(Enum):
    SIMPLE = "simple"
    VARIABLE = "variable"
    GROUPED = "grouped"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class ProductStatus(Enum):
    PUBLISHED = "published"
    HIDDEN = "hidden"  # on sale, but only for those who may see it
    DRAFT = "draft"
    TRASHED = "trashed"
    UNKNOWN = "unknown"


class Backorders(Enum):
    NO = "no"
    NOTIFY = "notify"  # allowed, and the customer is told
    YES = "yes"


class StockKeeper(Enum):
    """Who counts the pieces of a variant in the shop."""

    ITSELF = "itself"
    PARENT = "parent"
    NOBODY = "nobody"


class TermKind(Enum):
    CATEGORY = "category"
    TAG = "tag"
    BRAND = "brand"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True)
class Term:
    """A category, tag, brand or attribute of the shop. ``external_id`` '': not there yet."""

    kind: TermKind
    external_id: str
    name: str
    parent_external_id: str = ""


@dataclass(frozen=True)
class Attribute:
    """A property of one product. ``external_id`` '': the product's own, not shared by others.

    ``varies``: its variants differ by it; otherwise it only informs.
    """

    name: str
    options: tuple[str, ...]
    external_id: str = ""
    varies: bool = False
    visible: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What tells a product's attributes apart; choices name their attribute by it."""
        return (self.external_id, "" if self.external_id else self.name.casefold())


@dataclass(frozen=True)
class Choice:
    """A variant's option of one attribute; ``option`` '' means any of them."""

    attribute: tuple[str, str]
    option: str


@dataclass(frozen=True)
class Image:
    """A picture in the shop or on its way there.

    ``content_hash``: SHA-256 (hex) of the bytes, '' where they were not read; equal hashes are the
    same picture, whatever its address.
    """

    external_id: str = ""
    url: str = ""
    name: str = ""
    alt: str = ""
    content_hash: str = ""


@dataclass(frozen=True)
class Picture:
    """The bytes of an image."""

    content: bytes = field(repr=False)
    mimetype: str
    name: str = ""


@dataclass(frozen=True)
class Price:
    """Prices in the store's currency and tax mode. A sale without dates has no end."""

    regular: Decimal | None = None
    sale: Decimal | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None

    def at(self, moment: datetime) -> Price:
        """What it comes to from ``moment`` on: a sale that is over is none, one that has begun
        has no beginning any more. Two sides are compared at one moment: WooCommerce itself
        forgets the dates of sales that it has started and ended, some time afterwards.
        """
        if self.sale is None or (self.sale_to and self.sale_to < moment):
            return Price(self.regular)
        if self.sale_from and self.sale_from <= moment:
            return replace(self, sale_from=None)
        return self


@dataclass(frozen=True)
class StockLevel:
    keeper: StockKeeper = StockKeeper.NOBODY
    quantity: Decimal | None = None
    backorders: Backorders = Backorders.NO
    in_stock: bool = True  # what the shop says where nobody counts


@dataclass(frozen=True)
class Size:
    """Length, width and height in millimetres."""

    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None

    def __bool__(self) -> bool:
        return any((self.length, self.width, self.height))


@dataclass(frozen=True)
class Variant:
    """What can be bought. A simple product has one, with the product's own ``external_id``.

    ``tax_class`` None: the product's. ``description`` may be HTML.
    """

    external_id: str = ""
    sku: str = ""
    barcode: str = ""
    choices: tuple[Choice, ...] = ()
    price: Price = Price()
    stock: StockLevel = StockLevel()
    weight: Decimal | None = None
    size: Size = Size()
    image: Image | None = None
    description: str = ""
    tax_class: str | None = None
    virtual: bool = False
    downloadable: bool = False
    published: bool = True


@dataclass(frozen=True)
class Product:
    """One product with all its variants.

    ``description`` and ``short_description`` may be HTML. ``images``: the first one is the main
    image. ``categories``, ``tags``, ``brands`` are sorted by nothing but the channel. ``stock``:
    what the parent of variants counts for them. ``language``: ISO code where the shop translates
    products, ``translations`` the external ids of the same product by language.
    """

    external_id: str
    kind: ProductKind
    name: str
    variants: tuple[Variant, ...] = ()
    type_code: str = ""  # the channel's own word
    status: ProductStatus = ProductStatus.PUBLISHED
    status_code: str = ""
    sku: str = ""  # of a variable product itself
    description: str = ""
    short_description: str = ""
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    brands: tuple[Term, ...] = ()
    images: tuple[Image, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    tax_class: str = ""
    taxable: bool = True
    stock: StockLevel = StockLevel()
    language: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    modified_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Identity:
    """What a product or variation is known by; enough to match it, read cheaply."""

    external_id: str
    name: str
    parent_external_id: str = ""
    sku: str = ""
    barcode: str = ""
    kind: ProductKind = ProductKind.SIMPLE


# === WHAT ODOO TELLS A CHANNEL, MANY AT A TIME === #


@dataclass(frozen=True)
class ProductDraft:
    """A product to be created (no ``external_id``) or changed in the shop.

    ``groups``: only these of :data:`GROUPS` are sent. ``key``: the caller's name for it. Variants
    with an ``external_id`` are changed, others are created where ``attributes`` are sent; the
    shop's other variants stay.
    """

    key: str
    product: Product
    groups: frozenset[str]


@dataclass(frozen=True)
class StockItem:
    """A quantity to be published. ``parent_external_id`` '': a product without variants.

    ``quantity``: whole pieces, as most shops count; below 0 where they are owed. ``manage``: switch
    counting on where the shop does not count. ``backorders`` None: leave as it is.
    """

    external_id: str
    quantity: int
    parent_external_id: str = ""
    manage: bool = False
    backorders: Backorders | None = None


@dataclass(frozen=True)
class StockState:
    """What the shop counts of something that can be bought; enough to compare, read cheaply."""

    external_id: str
    level: StockLevel
    parent_external_id: str = ""


@dataclass(frozen=True)
class PriceItem:
    external_id: str
    price: Price
    parent_external_id: str = ""


@dataclass(frozen=True)
class ItemResult:
    """What became of one item of a batch.

    ``key``: the item's ``external_id``, or the draft's ``key``. ``echo``: what the shop shows now
    (an ``int`` quantity, a :class:`Price`, a :class:`Product`); where it is not what was sent, the
    shop has ignored it, and ``error`` says so. ``payload``: the channel's own record.
    """

    key: str
    echo: object = None
    error: ChannelError | None = None
    payload: Mapping[str, object] | None = None
