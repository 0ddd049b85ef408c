"""The adapter's roles around the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ...core.adapter import Credentials
from ...core.canonical import Page, Record
from ...core.catalogue import (
    Identity,
    Image,
    ItemResult,
    Picture,
    Product,
    ProductDraft,
    Term,
    TermKind,
)
from . import (
    audit,
    catalogue,
    const_products,
    fields,
    parse_products,
    pictures,
    pictures_out,
    products_out,
    terms_out,
)
from .address import admin_url
from .client import WooClient
from .poll import poll_all
from .survey import Survey
from .units import Units


class CatalogueRoles:
    """Part of :class:`.adapter.WooCommerceAdapter`."""

    credentials: Credentials
    client: WooClient
    batch_size: int
    price_decimals: int

    # === WHAT THE STORE MEASURES IN === #

    @cached_property
    def _survey(self) -> Survey:
        return Survey(self.client)

    @cached_property
    def units(self) -> Units:
        settings = self.credentials.settings
        return Units(
            fields.text(settings.get("weight_unit")) or self._survey.weight_unit,
            fields.text(settings.get("dimension_unit")) or self._survey.dimension_unit,
            self.price_decimals,
        )

    @property
    def _languages(self) -> Mapping[str, str]:
        """What lists need to show all languages, as far as the last check knows the shop."""
        features = self.credentials.settings.get("features") or ()
        return const_products.ALL_LANGUAGES if const_products.WPML in features else {}

    # === CATALOGUE: READING === #

    def fetch_product(self, external_id: str) -> Record:
        return catalogue.fetch_product(self.client, fields.checked(external_id), self._languages)

    def list_products(self, cursor: Mapping[str, Any], limit: int) -> Page:
        settings = self.credentials.settings
        page = poll_all(self.client, settings, "product", cursor, limit, self._languages)
        return catalogue.whole_page(self.client, page, self._languages)

    def parse_product(self, payload: Mapping[str, Any]) -> Product:
        external_id = fields.identifier(fields.mapping(payload.get("product")).get("id"))
        return parse_products.parse_product(payload, self.units, self.product_url(external_id))

    def product_url(self, external_id: str) -> str:
        return admin_url(self.credentials.base_url, external_id)

    def list_identities(self) -> Iterator[Sequence[Identity]]:
        return catalogue.identities(self.client)

    def present_products(self, external_ids: Sequence[str]) -> frozenset[str]:
        return audit.present_products(self.client, external_ids, self._languages)

    def list_terms(self, kind: TermKind) -> Sequence[Term]:
        return catalogue.terms(self.client, kind)

    def fetch_picture(self, image: Image, max_bytes: int) -> Picture:
        return pictures.fetch_picture(self.client, image, max_bytes)

    # === CATALOGUE: WRITING === #

    def save_term(self, term: Term) -> Term:
        return terms_out.save_term(self.client, term)

    def save_products(self, drafts: Sequence[ProductDraft]) -> Iterator[Sequence[ItemResult]]:
        if drafts:
            yield from products_out.save_products(self.client, drafts, self.units, self.batch_size)

    def can_upload(self) -> bool:
        return pictures_out.can_upload(self.credentials.base_url, self.credentials.settings)

    def upload_picture(self, picture: Picture, look_first: bool) -> Image:
        credentials = self.credentials
        return pictures_out.upload_picture(
            self.client, credentials.base_url, credentials.settings, picture, look_first
        )
