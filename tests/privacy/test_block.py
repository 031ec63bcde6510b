"""T-BLOCK: no member can hide another, whose anonymous posts would then vanish with them (leak 18).

There is no such feature. Whoever adds one fails here, until they say below what it does with personas.
"""

import re

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver

from accounts.models import Account
from forum.models import Persona
from tests.privacy.two_worlds.crawl import patterns

# Tables with two columns that hold people, accounts or personas: why none is a member's wish about another.
TWO_PEOPLE = {
    "forum.Post": "by one or the other, by a CHECK",
    "forum.Notice": "for one or the other, by a CHECK",
    "moderation.QueueItem": "moderators, and no persona",
    "moderation.Absence": "two moderators: who is away, and who stands in",
    "moderation.Redaction": "two moderators, and no persona",
}
# What a moderator notes about a member, which shows or hides nothing anywhere else.
OF_A_MODERATOR = {"accounts.Verification", "moderation.MemberNote", "moderation.Sanction"}
# Addresses with such a word in them, and whose deed it is.
WORDS = re.compile(r"block|ignor|mut(e|ing)|hid(e|ing|den)|silenc|unfollow|avoid", re.IGNORECASE)
NAMED = {
    "/moderation/posts/<>/author/mute/": "a moderator's about a persona; all see the same as before",
    "/moderation/posts/<>/author/unmute/": "likewise",
    "/moderation/threads/<>/hide/": "a moderator's about a thread; it is hidden from everybody alike",
    "/moderation/threads/<>/unhide/": "likewise",
}


def joining_two() -> set[str]:
    """Tables whose rows can join two people: by two columns, or by one of the people's own tables."""
    joining = set()
    for model in apps.get_models(include_auto_created=True):
        columns = [
            field
            for field in model._meta.get_fields(include_hidden=True)
            if field.concrete and field.is_relation and field.related_model in (Account, Persona)
        ]
        if len(columns) + (model in (Account, Persona)) > 1:
            joining.add(model._meta.label)
    return joining


def test_no_table_joins_a_member_with_somebody_whom_they_do_not_want_to_see():
    assert joining_two() == {*TWO_PEOPLE, *OF_A_MODERATOR}
    for model in map(apps.get_model, TWO_PEOPLE):
        checks = [check.name for check in model._meta.constraints if check.name.endswith("_xor_persona")]
        assert checks or not [each for each in model._meta.fields if each.related_model is Persona], model


def addresses_that_say_so() -> set[str]:
    shown = (re.sub(r"\(\?P<\w+>[^()]*\)", "<>", path) for path in patterns(get_resolver()))
    return {"/" + re.sub(r"[\^$\\]|Z$", "", path) for path in shown if WORDS.search(path)}


def test_no_address_lets_a_member_hide_another():
    assert addresses_that_say_so() == set(NAMED)


@pytest.mark.parametrize("whom", [Account, Persona])
def test_a_block_that_somebody_adds_is_noticed(whom):
    class Blocked(models.Model):
        by = models.ForeignKey(Account, models.CASCADE, related_name="+")
        whom_column = models.ForeignKey(whom, models.CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"

    try:
        apps.clear_cache()
        assert joining_two() == {*TWO_PEOPLE, *OF_A_MODERATOR, "accounts.Blocked"}
    finally:
        del apps.all_models["accounts"]["blocked"]
        apps.clear_cache()
