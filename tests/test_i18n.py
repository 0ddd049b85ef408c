"""Every text of the addon can be translated, and is, into German and French."""

import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged

from ..dev.setup import terms

I18N = Path(__file__).parent.parent / "i18n"
LANGUAGES = ("de", "fr")
#: ``%s``, ``%(name)s`` with any conversion; a percent sign alone is none
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd](?!\w)|%%")
TAG = re.compile(r"</?[a-z]\w*")
#: what stands beside others on a screen: labels of fields, buttons, choices, tabs, menus
SHORT = 24
#: German is 40 % longer at most times; a label may take twice its room, or a word more
MOST = 2.0
ROOM = 14


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogs = {
            language: polib.pofile(str(I18N / f"{language}.po"), encoding="utf-8")
            for language in LANGUAGES
        }

    def _wrong(self, fits):
        """Texts whose translation does not fit, each with its language."""
        return [
            (language, entry.msgid, entry.msgstr)
            for language, catalog in self.catalogs.items()
            for entry in catalog
            if not fits(entry.msgid, entry.msgstr)
        ]

    def test_the_template_has_every_text(self):
        """``dev/i18n`` brings it up to date."""
        template = polib.pofile(str(I18N / f"{terms.ADDON}.pot"), encoding="utf-8")
        kept = {entry.msgid for entry in template}
        found = {entry.msgid for entry in terms.template(self.env)}
        self.assertFalse(sorted(found - kept)[:20], "texts that the template lacks")
        self.assertFalse(sorted(kept - found)[:20], "texts that are gone")

    def test_languages_are_complete(self):
        template = polib.pofile(str(I18N / f"{terms.ADDON}.pot"), encoding="utf-8")
        kept = {entry.msgid for entry in template}
        for language, catalog in self.catalogs.items():
            texts = {entry.msgid: entry.msgstr for entry in catalog}
            self.assertEqual(texts.keys(), kept, language)
            missing = sorted(text for text, translated in texts.items() if not translated)
            self.assertFalse(missing[:20], f"{language}: {len(missing)} texts are missing")
            self.assertFalse(catalog.fuzzy_entries(), language)

    def test_placeholders_are_the_same(self):
        self.assertFalse(self._wrong(lambda text, translated: _same(PLACEHOLDER, text, translated)))

    def test_tags_are_the_same(self):
        """A text with other tags is thrown away by Odoo, silently."""
        self.assertFalse(self._wrong(lambda text, translated: _same(TAG, text, translated)))

    def test_labels_stay_short(self):
        def fits(text, translated):
            label = len(text) <= SHORT and "<" not in text
            return not label or len(translated) <= len(text) * MOST + ROOM

        self.assertFalse(self._wrong(fits))

    def test_screens_speak_both_languages(self):
        """Odoo takes the translations: of a field, a view, a choice and a message."""
        for code, words in {
            "de_DE": ("Adresse", "Verbindung prüfen", "Verbunden", "Nichts geändert"),
            "fr_FR": ("Adresse", "Vérifier la connexion", "Connecté", "Rien n'a changé"),
        }.items():
            self.env["res.lang"]._activate_lang(code)
            module = self.env["ir.module.module"].search([("name", "=", terms.ADDON)])
            module._update_translations([code])
            env = self.env(context={"lang": code})
            address, button, state, message = words
            backend = env["channel.backend"]
            fields = backend.fields_get(["base_url", "state"])
            self.assertIn(address, fields["base_url"]["string"])
            self.assertIn(state, dict(fields["state"]["selection"]).values())
            arch = backend.get_view(view_type="form")["arch"]
            self.assertIn(button, arch)
            self.assertEqual(env._("Nothing changed"), message)


def _same(pattern, text, translated):
    """Whether a translation has what the text has, in any order."""
    return sorted(pattern.findall(text)) == sorted(pattern.findall(translated))
