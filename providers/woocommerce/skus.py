"""SKUs are what a product is found by that was made and whose answer was lost.

A SKU belongs to one product or variation of the whole shop, whatever its case, the trash
included. Lists leave the trash out; only the refusal of a SKU tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...core import errors
from ...core.catalogue import ProductKind
from . import fields
from .client import WooClient
from .drafts import Job, VariantJob

_FIELDS = "id,sku,type,parent_id,status"
#: SKUs in one address, and their characters: a request line may have 8 kB.
MAX_SKUS, MAX_CHARACTERS = 50, 1500
_WRITABLE = (ProductKind.SIMPLE, ProductKind.VARIABLE)


def refuse_unusable(jobs: Sequence[Job]) -> list[Job]:
    """Those that could not be found again, or would be written over each other."""
    seen: set[str] = set()
    for job in jobs:
        job.error = _unusable(job, seen)
    return [job for job in jobs if job.error]


def _unusable(job: Job, seen: set[str]) -> errors.Rejected | None:
    """Adds the job's SKUs to ``seen``."""
    product = job.draft.product
    if product.kind not in _WRITABLE or not (job.is_variable or product.variants):
        return errors.Rejected("kind_not_published", kind=product.kind.value)
    if not job.external_id and not job.sku:
        return errors.Rejected("sku_missing")
    variants = (*job.known_variants, *job.new_variants) if job.is_variable else ()
    nameless = next((variant for variant in job.new_variants if not variant.sku), None)
    if nameless:
        chosen = " / ".join(choice.option for choice in nameless.choices)
        return errors.Rejected("sku_missing", variant=chosen)
    for sku in filter(None, [job.sku, *(variant.sku for variant in variants)]):
        if sku.casefold() in seen:
            return errors.Rejected("sku_twice", sku=sku)
        seen.add(sku.casefold())
    return None


# === LOOK FIRST === #


def adopt_known(client: WooClient, jobs: Sequence[Job]) -> None:
    """Give new products, and new variants, the ids of what has their SKUs in the shop."""
    new = [job for job in jobs if not job.external_id]
    wanted = [job.sku for job in new]
    wanted += [variant.sku for job in jobs for variant in job.new_variants]
    found = _by_sku(client, wanted)
    for job in new:
        record = found.get(job.sku.casefold())
        if record:
            job.external_id, job.error = _adoptable(job, record)
    for job in jobs:
        for variant in job.new_variants:
            record = found.get(variant.sku.casefold(), {})
            if job.external_id and fields.identifier(record.get("parent_id")) == job.external_id:
                job.found[variant.sku.casefold()] = fields.identifier(record.get("id"))


def adopt_variants(client: WooClient, variants: Sequence[VariantJob]) -> None:
    """As :func:`adopt_known`, for variations whose creation may have happened."""
    found = _by_sku(client, [variant.variant.sku for variant in variants])
    for variant in variants:
        record = found.get(variant.variant.sku.casefold(), {})
        if fields.identifier(record.get("parent_id")) == variant.job.external_id:
            variant.external_id = fields.identifier(record.get("id"))


def _by_sku(client: WooClient, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What has these SKUs, by SKU in lower case; of several (translations) the oldest."""
    found: dict[str, dict[str, Any]] = {}
    for part in _portions(skus):
        params = {"sku": ",".join(part), "_fields": _FIELDS, "status": "any"}
        for record in client.pages("products", {**params, "orderby": "id", "order": "asc"}):
            found.setdefault(fields.text(record.get("sku")).casefold(), record)
    return found


def _portions(skus: Iterable[str]) -> Iterator[list[str]]:
    """One with a comma can't be asked for in a list; the shop's refusal shows where it is."""
    part: list[str] = []
    for sku in dict.fromkeys(sku for sku in skus if sku and "," not in sku):
        if len(part) == MAX_SKUS or sum(map(len, part)) + len(sku) > MAX_CHARACTERS:
            yield part
            part = []
        part.append(sku)
    if part:
        yield part


def _adoptable(job: Job, record: dict[str, Any]) -> tuple[str, errors.Rejected | None]:
    """(id, None), or ('', why it can't be written over).

    A variable product that became a simple one would lose its variations.
    """
    external_id = fields.identifier(record.get("id"))
    kind = fields.text(record.get("type"))
    details = {"resource_id": int(external_id or 0), "sku": fields.text(record.get("sku"))}
    if kind == "variation":
        return "", errors.Rejected("sku_taken_by_variation", **details)
    if record.get("status") == "trash":
        return "", errors.Rejected("sku_in_trash", **details)
    if kind != ("variable" if job.is_variable else "simple"):
        return "", errors.Rejected("sku_taken", type=kind, **details)
    return external_id, None


# === REFUSALS === #


def adopt_refused(
    client: WooClient, job: Job, error: errors.ChannelError | None, others: Iterable[Job]
) -> errors.Rejected | None:
    """Adopt what the shop says has the SKU or the GTIN; returns why it can't be."""
    record = _resource(client, error) or _by_sku(client, [job.sku]).get(job.sku.casefold())
    if record is None:
        return errors.Rejected("sku_taken", sku=job.sku)
    if fields.text(record.get("sku")).casefold() not in ("", job.sku.casefold()):
        # a GTIN: another product has it, which is not this one
        return errors.Rejected("barcode_taken", resource_id=record.get("id"))
    external_id, refusal = _adoptable(job, record)
    if any(other.external_id == external_id for other in others if external_id):
        return errors.Rejected("sku_twice", sku=job.sku)
    job.external_id = external_id
    return refusal


def adopt_refused_variant(
    client: WooClient, variant: VariantJob, error: errors.ChannelError | None
) -> errors.Rejected | None:
    record = _resource(client, error) or {}
    same_parent = fields.identifier(record.get("parent_id")) == variant.job.external_id
    same_sku = fields.text(record.get("sku")).casefold() == variant.variant.sku.casefold()
    if not variant.external_id and same_parent and same_sku and record.get("status") != "trash":
        variant.external_id = fields.identifier(record.get("id"))
        return None
    code = "barcode_taken" if record and not same_sku else "sku_taken"
    if record.get("status") == "trash":
        code = "sku_in_trash"
    return errors.Rejected(code, sku=variant.variant.sku, resource_id=record.get("id") or 0)


def _resource(client: WooClient, error: errors.ChannelError | None) -> dict[str, Any] | None:
    """What a refusal names."""
    external_id = fields.identifier(error.params.get("resource_id")) if error else ""
    if not external_id:
        return None
    try:
        return dict(client.get(f"products/{external_id}", params={"_fields": _FIELDS}).mapping())
    except errors.NotFound:
        return None
