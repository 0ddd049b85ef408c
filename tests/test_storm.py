"""Webhooks that come as they should, never, or three times and shuffled: the same end."""

from odoo.tests import tagged

from .storm_case import StormCase

HPOS = {"prices_include_tax": False, "timezone": "Europe/Brussels", "hpos": True}
LEGACY = {**HPOS, "hpos": False}


class Told:
    """How the story is told by webhooks; whatever their weather, it ends in step."""

    allow_inherited_tests_method = True

    def test_the_webhooks_come_as_they_should(self):
        story = self.tell(seed=5, polls=0.2)
        self.all_is_said()
        self.assertInStep(story)

    def test_three_times_shuffled_and_late(self):
        self.weather = "storm"
        story = self.tell(seed=5, polls=0.2)
        self.all_is_said()
        self.assertInStep(story)
        self.assertFalse(self.under_way)

    def test_another_story_in_the_storm(self):
        self.weather = "storm"
        story = self.tell(seed=4, polls=0.0)
        self.all_is_said()
        self.assertInStep(story)


@tagged("post_install", "-at_install")
class TestOwnTables(Told, StormCase):
    store_options = HPOS

    def test_no_webhook_comes(self):
        self.weather = "dropped"
        story = self.tell(seed=5, polls=0.4)
        self.all_is_said()
        self.assertInStep(story)
        self.assertNotIn("webhook", self._sources())

    def _sources(self):
        events = self.env["channel.event"].search([("backend_id", "=", self.backend.id)])
        return set(events.mapped("source"))


@tagged("post_install", "-at_install")
class TestPosts(Told, StormCase):
    """Orders kept as posts change their lines without moving their date: no poll can tell."""

    store_options = LEGACY

    def test_no_webhook_comes(self):
        self.weather = "dropped"
        story = self.tell(seed=5, polls=0.4)
        self.all_is_said()
        different = set(self.differences())
        self.assertTrue(story.silent, "the story has none of the edits it is told for")
        self.assertLessEqual(different, story.silent, "all that moved a date has arrived")
        # what a comparison of all totals with the shop finds and asks for
        for order_id in different:
            self.note(order_id, source="reconcile")
        self.time_goes_by()
        self.assertInStep(story)
