"""The addon's translatable terms, read from a database and from the code."""

from __future__ import annotations

import fnmatch
import io
import os

import polib

from odoo.modules import get_module_path
from odoo.tools.translate import (
    JAVASCRIPT_TRANSLATION_COMMENT,
    PYTHON_TRANSLATION_COMMENT,
    TranslationFileWriter,
    TranslationModuleReader,
)

ADDON = "channel_connector"
PYTHON_FOLDERS = ("controllers", "models", "services", "wizards")
#: what a header says of the moment and the server changes with every export, and tells nobody
NOISE = ("POT-Creation-Date", "PO-Revision-Date", "Project-Id-Version")


class OwnTerms(TranslationModuleReader):
    """Odoo's reader, which walks through the addons path; ours leads back into the project."""

    def _export_translatable_resources(self):
        home = os.path.join(get_module_path(ADDON), "")
        base = os.path.dirname(home.rstrip("/"))
        for folder in PYTHON_FOLDERS:
            for root, _folders, files in os.walk(home + folder):
                for name in fnmatch.filter(files, "*.py"):
                    self._babel_extract_terms(
                        name,
                        base,
                        root,
                        extra_comments=[PYTHON_TRANSLATION_COMMENT],
                        extract_keywords={"_": None, "_lt": None},
                    )
        for root, _folders, files in os.walk(home + "static/src"):
            for name in fnmatch.filter(files, "*.js"):
                self._babel_extract_terms(
                    name,
                    base,
                    root,
                    "odoo.tools.babel:extract_javascript",
                    extra_comments=[JAVASCRIPT_TRANSLATION_COMMENT],
                    extract_keywords={"_t": None},
                )
            for name in fnmatch.filter(files, "*.xml"):
                self._babel_extract_terms(
                    name,
                    base,
                    root,
                    "odoo.tools.translate:babel_extract_qweb",
                    extra_comments=[JAVASCRIPT_TRANSLATION_COMMENT],
                )


def template(env) -> polib.POFile:
    """The template of the addon as it is installed in ``env``'s database."""
    buffer = io.BytesIO()
    writer = TranslationFileWriter(buffer, fileformat="po")
    writer.write_rows(OwnTerms(env.cr, modules=[ADDON]))
    terms = polib.pofile(buffer.getvalue().decode(), wrapwidth=0)
    for name in NOISE:
        terms.metadata.pop(name, None)
    terms.sort(key=lambda entry: entry.msgid)
    return terms
