"""Terms and pictures in the contract of :class:`core.adapter.CatalogueSink`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from ...core import errors
from ...core.catalogue import (
    Image,
    Picture,
    Term,
    TermKind,
)
from ...core.catalogue_diff import changes, with_content
from .drafts import save, simple
from .world import World


class CatalogueTermsContract:
    @pytest.mark.parametrize("kind", TermKind)
    def test_a_term_is_made_once(self, world: World, kind):
        try:
            one = world.adapter.save_term(Term(kind, "", "Big & small"))
        except errors.Rejected as error:
            assert (error.code, kind) == ("no_brands", TermKind.BRAND)
            return
        two = world.adapter.save_term(Term(kind, "", "Big & small"))
        assert one == two
        assert one.external_id and one.name == "Big & small"
        named = [term for term in world.adapter.list_terms(kind) if term.name == one.name]
        assert named == [one]

    def test_terms_of_one_name_below_others(self, world: World):
        save_term = world.adapter.save_term
        men, women = (save_term(Term(TermKind.CATEGORY, "", x)) for x in ("Men", "Women"))
        shoes = [
            save_term(Term(TermKind.CATEGORY, "", "Shoes", parent.external_id))
            for parent in (men, women, men)
        ]
        assert shoes[0] == shoes[2] != shoes[1]
        assert shoes[1].parent_external_id == women.external_id

    def test_a_term_gets_another_name(self, world: World):
        old = world.adapter.save_term(Term(TermKind.TAG, "", "Old"))
        new = world.adapter.save_term(replace(old, name="New"))
        assert (new.external_id, new.name) == (old.external_id, "New")

    def test_a_name_that_is_long_or_strange(self, world: World):
        for name in ("A name of an attribute that is longer than thirty letters", "日本語の名前"):
            one = world.adapter.save_term(Term(TermKind.ATTRIBUTE, "", name))
            assert one.name == name
            assert world.adapter.save_term(Term(TermKind.ATTRIBUTE, "", name)) == one

    # === PICTURES === #

    def test_pictures_by_address_and_later_by_id(self, world: World):
        _id, url, content = world.show_picture()
        content_hash = hashlib.sha256(content).hexdigest()
        product = replace(simple("PIC"), images=(Image("", url, content_hash=content_hash),))
        echo = save(world.adapter, [product])[0].echo
        (image,) = echo.images
        assert image.external_id and image.content_hash == content_hash
        assert changes(product, echo, ["images"]) == ()
        kept = world.pictures()
        again = save(world.adapter, [echo], ["images"])[0].echo
        assert world.pictures() == kept
        assert again.images[0].external_id == image.external_id

    def test_an_uploaded_picture(self, world: World):
        adapter = world.uploader()
        assert adapter.can_upload()
        _id, _url, content = world.show_picture()
        picture = Picture(content + b"x", "image/jpeg", "Front")
        image = adapter.upload_picture(picture, look_first=True)
        kept = world.pictures()
        again = adapter.upload_picture(picture, look_first=True)
        assert (again.external_id, world.pictures()) == (image.external_id, kept)
        assert adapter.fetch_picture(image, 1_000_000).content == picture.content
        product = replace(simple("UP"), images=(image,))
        echo = save(adapter, [product])[0].echo
        assert world.pictures() == kept
        known: Mapping[str, str] = {image.external_id: image.content_hash}
        assert changes(product, with_content(echo, known), ["images"]) == ()
        adapter.close()

    def test_without_a_login(self, world: World):
        assert not world.adapter.can_upload()
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.upload_picture(Picture(b"x", "image/png"), look_first=False)
        assert caught.value.code == "upload_impossible"
