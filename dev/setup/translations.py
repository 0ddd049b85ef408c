"""Template and translations of the addon: written, merged, filled in. Run by ``dev/i18n``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import polib
import terms

import odoo.cli  # noqa: F401  (sets Odoo up)
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

I18N = Path(os.environ["ROOT"]) / "i18n"
TEMPLATE = I18N / f"{terms.ADDON}.pot"
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}


def read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=0, encoding="utf-8")


def export(database: str) -> polib.POFile:
    """The template of what is installed in ``database``, written to its file."""
    config.parse_config(["-c", os.environ["ODOO_CONF"], "-d", database, "--no-http"])
    with Registry(database).cursor() as cr:
        template = terms.template(api.Environment(cr, SUPERUSER_ID, {}))
    I18N.mkdir(exist_ok=True)
    template.save(str(TEMPLATE))
    return template


def merged(language: str, template: polib.POFile) -> polib.POFile:
    """A language's file with exactly the template's terms."""
    path = I18N / f"{language}.po"
    known = read(path) if path.exists() else polib.POFile(wrapwidth=0)
    texts = {entry.msgid: entry.msgstr for entry in known if entry.msgstr}
    result = polib.POFile(wrapwidth=0)
    result.metadata = {
        **template.metadata,
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    for entry in template:
        result.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=texts.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    result.save(str(path))
    return result


def fill(language: str, source: Path) -> None:
    """Take the translations of a .po file into a language."""
    path = I18N / f"{language}.po"
    catalog = read(path)
    texts = {entry.msgid: entry.msgstr for entry in read(source) if entry.msgstr}
    for entry in catalog:
        entry.msgstr = texts.get(entry.msgid, entry.msgstr)
    catalog.save(str(path))


def main(database: str, language: str = "", source: str = "") -> None:
    if source:
        fill(language, Path(source))
    template = export(database)
    for code in PLURALS:
        missing = merged(code, template).untranslated_entries()
        print(f"{code}: {len(missing)} of {len(template)} terms are missing", file=sys.stderr)
        if code == language and not source:
            for entry in missing:
                print(polib.POEntry(msgid=entry.msgid, msgstr=""))


if __name__ == "__main__":
    main(*sys.argv[1:])
