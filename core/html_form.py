"""HTML in a normal form: equal for texts that browsers show alike, however they were stored."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

#: What only parts paragraphs. WordPress makes paragraphs of empty lines when a text is read
#: (``wpautop``), other systems when it is written.
_PARAGRAPHS = frozenset(("p", "br"))
#: Blocks: white space around them means nothing.
_BLOCKS = (
    "address|article|aside|blockquote|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li"
    "|main|nav|ol|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
#: ``<!DOCTYPE html>``, ``<![CDATA[…``, ``<?xml …?>``: nothing of it shows.
_DECLARATION = re.compile("<[!?][^<>]*>")
_LONG_REFERENCE = re.compile("&#[0-9]{8,}")
_NO_TAG = re.compile("<(?![a-zA-Z]|/[a-zA-Z])")
_AROUND_BLOCKS = re.compile(rf"\s*(</?(?:{_BLOCKS})(?: [^>]*)?>)\s*")


def normal_form(text: str) -> str:
    """``text`` without what does not show: paragraphs, white space, comments, spelling of tags."""
    if not text:
        return ""
    parser = _Normaliser()
    parser.feed(_whole_tags(without_comments(text)))
    parser.close()
    return _AROUND_BLOCKS.sub(r"\1", " ".join("".join(parser.parts).split()))


def without_comments(text: str) -> str:
    """``text`` without its comments; one that never ends is text."""
    parts, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]


def without_long_references(text: str) -> str:
    """``text`` without references to characters whose numbers are too long for Python to read."""
    return _LONG_REFERENCE.sub("&#0", text)


def _whole_tags(text: str) -> str:
    """``text`` without declarations, and with what only begins like a tag as text.

    Python's parser takes hours over a megabyte of beginnings, and fails on some declarations.
    """
    text = without_long_references(_DECLARATION.sub("", text))
    text = _NO_TAG.sub("&lt;", text)
    end = text.rfind(">") + 1
    return text[:end] + text[end:].replace("<", "&lt;")


class _Normaliser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append(" ")
            return
        shown = "".join(
            f' {name}="{html.escape(" ".join((value or "").split()))}"'
            for name, value in sorted(attrs, key=lambda pair: pair[0])
        )
        self.parts.append(f"<{tag}{shown}>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(" " if tag in _PARAGRAPHS else f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.parts.append(html.escape(data, quote=False))
