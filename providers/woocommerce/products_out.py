"""Creates and changes products: few calls, each made once, SKUs are what they are found by.

What is to be created is looked for first, by its SKU: ``products?sku=a,b,c`` asks for fifty at a
time, products and variations alike, so a run that broke off is taken up where it was, and what
a person has made in the shop meanwhile is adopted. That costs two requests for a hundred new
products; a refused SKU would cost two for each. Changes of what is known cost no look.

Then products go in batches, and each one's variations in batches of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...core import errors
from ...core.catalogue import ItemResult, ProductDraft
from . import batches, const, const_products, skus
from .catalogue import variations_of
from .client import WooClient
from .drafts import Job, VariantJob
from .echoes import echo_of
from .failure import refused_as
from .serialize_products import VARIANT_GROUPS, product_body, variation_body
from .units import Units

#: Products a call may have whose images the shop downloads before it answers.
MAX_WITH_DOWNLOADS = 10
Record = Mapping[str, Any]


def save_products(
    client: WooClient,
    drafts: Sequence[ProductDraft],
    units: Units,
    limit: int = const.MAX_BATCH,
    more: Mapping[str, str] | None = None,
) -> Iterator[list[ItemResult]]:
    """See :meth:`core.adapter.CatalogueSink.save_products`. Errors of items:

    - ``sku_missing``: it is new (or one of its variants is), and has none; ``variant`` names it
    - ``sku_twice``: another draft, or another of its variants, has the same
    - ``sku_taken_by_variation``, ``sku_in_trash``, ``sku_taken``, ``barcode_taken``: by
      ``resource_id``, which can't be adopted
    - ``image_not_fetched``, ``image_gone``: by the shop, from its library
    - those of :mod:`.serialize_products`
    - :class:`core.errors.NotFound`: a product that should be changed is gone
    """
    return _Saving(client, units, limit, more).run([Job(draft) for draft in drafts])


class _Saving:
    def __init__(
        self, client: WooClient, units: Units, limit: int, more: Mapping[str, str] | None
    ) -> None:
        self.client = client
        self.units = units
        self.limit = limit
        self.more = more

    def run(self, jobs: list[Job]) -> Iterator[list[ItemResult]]:
        refused = skus.refuse_unusable(jobs)
        if refused:
            yield [ItemResult(job.key, error=_told(job.error, job)) for job in refused]
        wanted = [job for job in jobs if job.error is None]
        self._look(wanted)
        quick = [job for job in wanted if not job.downloads]
        slow = [job for job in wanted if job.downloads]
        yield from self._products(quick, self.limit)
        yield from self._products(slow, min(self.limit, MAX_WITH_DOWNLOADS))

    def _look(self, jobs: Sequence[Job]) -> None:
        """Find what is there already: products that are new to us, and new variants."""
        skus.adopt_known(self.client, jobs)

    # === PRODUCTS === #

    def _products(self, jobs: Sequence[Job], limit: int) -> Iterator[list[ItemResult]]:
        """Every job ends with one result; those with variations end after these."""
        by_key = {job.key: job for job in jobs}
        calls = batches.push(
            self.client,
            "products",
            jobs,
            self._body,
            _read,
            look=self._look,
            limit=limit,
            key=lambda job: job.key,
        )
        for results in calls:
            again = self._adopted(by_key, results)
            ready = [row for row in results if row.key not in {job.key for job in again}]
            yield from self._finish(by_key, ready)
            if again:
                yield from self._products(again, limit)

    def _body(self, job: Job) -> dict[str, Any]:
        """:raises errors.ChannelError: it can't be sent"""
        if job.error:
            raise job.error
        new = not job.external_id
        groups = job.groups | {"details"} if new else job.groups
        body = product_body(job.draft.product, groups, self.units, new)
        return body if new else {"id": int(job.external_id), **body}

    def _adopted(self, by_key: Mapping[str, Job], results: Sequence[ItemResult]) -> list[Job]:
        """Those whose SKU or GTIN the shop has refused, and which are there already."""
        again = []
        for row in results:
            job = by_key[row.key]
            code = refused_as(row.error, const_products.TAKEN)
            if code and not job.external_id and not job.adopted:
                job.adopted = True
                job.error = skus.adopt_refused(self.client, job, row.error, by_key.values())
                again.append(job)
        return again

    def _finish(
        self, by_key: Mapping[str, Job], results: Sequence[ItemResult]
    ) -> Iterator[list[ItemResult]]:
        """What a call has made; first what needs no further one."""
        simple = [row for row in results if row.error or not by_key[row.key].is_variable]
        done = [self._result(by_key[row.key], row, ()) for row in simple]
        if done:
            yield done
        for row in results:
            job = by_key[row.key]
            if not row.error and job.is_variable:
                yield [self._with_variations(job, row)]

    def _result(self, job: Job, row: ItemResult, variations: Sequence[Record]) -> ItemResult:
        if row.error or not row.payload:
            return ItemResult(job.key, error=_told(row.error, job), payload=row.payload)
        payload = {"product": dict(row.payload), "variations": list(map(dict, variations))}
        return ItemResult(job.key, echo_of(payload, job.draft, self.units), None, payload)

    # === VARIATIONS === #

    def _with_variations(self, job: Job, row: ItemResult) -> ItemResult:
        """Create and change a product's variations; the first error is the product's."""
        parent = str((row.payload or {}).get("id"))
        job.external_id = parent
        wanted = [VariantJob(job, one) for one in (*job.known_variants, *job.new_variants)]
        records: dict[str, Record] = {}
        failed: errors.ChannelError | None = None
        for result in self._variations(parent, wanted):
            if result.error:
                failed = failed or result.error
            elif result.payload:
                records[str(result.payload["id"])] = result.payload
        known = map(str, (row.payload or {}).get("variations") or ())
        if any(external_id not in records for external_id in known):
            shown = variations_of(self.client, parent, self.more)
            records = {str(record["id"]): record for record in shown} | records
        result = self._result(job, row, list(records.values()))
        return (
            result if failed is None else ItemResult(job.key, result.echo, failed, result.payload)
        )

    def _variations(self, parent: str, wanted: list[VariantJob]) -> Iterator[ItemResult]:
        endpoint = f"products/{parent}/variations"
        by_key = {variant.key: variant for variant in wanted}

        def look(items: Sequence[VariantJob]) -> None:
            skus.adopt_variants(self.client, items)

        calls = batches.push(
            self.client,
            endpoint,
            wanted,
            self._variation_body,
            _read,
            look=look,
            limit=self.limit,
            judge=False,
            key=lambda variant: variant.key,
        )
        for result in (result for results in calls for result in results):
            variant = by_key[result.key]
            if refused_as(result.error, const_products.TAKEN) and not variant.adopted:
                variant.adopted = True
                variant.error = skus.adopt_refused_variant(self.client, variant, result.error)
                yield from self._variations(parent, [variant])
            else:
                told = _told(result.error, variant.job, variant.variant.sku)
                yield replace(result, error=told)

    def _variation_body(self, variant: VariantJob) -> dict[str, Any]:
        if variant.error:
            raise variant.error
        job, new = variant.job, not variant.external_id
        groups = job.groups | (VARIANT_GROUPS - {"stock"}) if new else job.groups
        body = variation_body(variant.variant, job.draft.product, groups, self.units, new)
        return body if new else {"id": int(variant.external_id), **body}


def _told(
    error: errors.ChannelError | None, job: Job, variant_sku: str | None = None
) -> errors.ChannelError | None:
    """A refusal in our words, which says what it was about."""
    if not isinstance(error, errors.Rejected | errors.NotFound):
        return error
    code = const_products.REFUSALS.get(refused_as(error, const_products.REFUSALS), error.code)
    about = {"product": job.draft.product.name, "sku": variant_sku or job.sku}
    if variant_sku is not None:
        about["variant"] = variant_sku
    return type(error)(code, **{**about, **error.params})


def _read(item: Job | VariantJob, record: Record) -> ItemResult:
    return ItemResult(item.key, payload=record)
