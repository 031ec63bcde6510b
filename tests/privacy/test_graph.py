"""T-GRAPH, T-SCHEMA: how far a persona's rows are from an account, read from the models themselves."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Account
from forum.models import Flag, Persona, Post, Thread
from moderation.models import QueueItem

FAR = 4  # steps from a persona, within which every column that holds an account is named below

# The columns that hold an account, and why each says nothing of a persona beside it.
HOLDS_AN_ACCOUNT = {
    "forum.Thread.author": "empty where the question has a persona",
    "forum.Post.author": "empty where there is a persona, by a CHECK",
    "forum.Notice.account": "empty where there is a persona, by a CHECK",
    "forum.Follow.account": "made by following, never by posting",
    "accounts.Account_disciplines.account": "what a member says of their work",
    "accounts.Account_jurisdictions.account": "what a member says of their work",
    "accounts.Verification.account": "what a member says of their work, looked up by a moderator",
    "accounts.Verification.checked_by": "a moderator",
    "accounts.Verification.holder": "a moderator",
    "moderation.QueueItem.holder": "a moderator",
    "moderation.QueueItem.suggested_to": "a moderator, chosen whoever the persona is",
    "moderation.QueueItem.agreed_by": "a moderator",
    "moderation.Suggestion.to": "a moderator, chosen whoever the persona is",
    "moderation.Duty.account": "a moderator",
    "moderation.Absence.account": "a moderator",
    "moderation.Absence.cover": "a moderator",
    "moderation.Decision.by": "a moderator",
    "moderation.Redaction.asked_by": "a moderator",
    "moderation.Redaction.decided_by": "a moderator",
    "moderation.Recusal.moderator": "a moderator, whoever wrote the text",
    "moderation.Sanction.account": "an appeal has a post or a sanction, by a CHECK",
    "moderation.Sanction.by": "a moderator",
    "moderation.Sanction.second": "a moderator",
    "moderation.AuditEvent.by": "a moderator; empty for whatever an author did",
    "breakglass.UnmaskRequest.requester": "a moderator who asked who the persona is, not who it is",
    "breakglass.UnmaskRequest.second": "a moderator",
    "breakglass.UnmaskRequest.third": "a moderator",
}


def columns_with_an_account(start: type[models.Model], steps: int) -> Iterator[str]:
    """Every column that leads from `start`, along relations in either direction, to an account."""
    seen, reached = {Account}, {start}
    for _ in range(steps):
        seen |= reached
        beyond = set()
        for model in reached:
            for field in model._meta.get_fields(include_hidden=True):
                if field.is_relation and field.related_model is Account and field.concrete:
                    yield f"{model._meta.app_label}.{model.__name__}.{field.name}"
                elif field.is_relation and field.related_model:
                    beyond.add(field.related_model)
        reached = beyond - seen


@pytest.mark.parametrize("model", [Persona, Flag, Post, Thread, QueueItem])
def test_every_column_with_an_account_near_a_persona_is_known(model):
    assert set(columns_with_an_account(model, FAR)) <= set(HOLDS_AN_ACCOUNT)


def test_a_persona_and_what_is_only_a_personas_holds_no_account():
    parts = ("Persona", "Flag", "SearchEntry", "ThreadTag", "ThreadMark", "Event")
    for name in (*(f"forum.{part}" for part in parts), "moderation.Appeal"):
        model = apps.get_model(name)
        assert not [field for field in model._meta.fields if field.related_model is Account], name


@pytest.mark.django_db
def test_no_row_points_at_rows_of_any_kind():
    """A generic relation, as activity logs and revisions have, would be in no list of columns."""
    generic = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model and field.related_model._meta.label == "contenttypes.ContentType"
    ]
    # Django's own permissions, and the tags that taggit brings along: neither is written here.
    assert set(generic) <= {"auth.Permission.content_type", "taggit.TaggedItem.content_type"}
    assert not apps.get_model("taggit.TaggedItem").objects.exists()


def test_the_vault_has_no_relation_at_all():
    for model in apps.get_app_config("anonymity").get_models():
        assert not [field for field in model._meta.get_fields() if field.is_relation], model


@pytest.mark.parametrize("model", [Thread, Post, Persona, QueueItem])
def test_no_number_of_a_row_tells_when_it_was_made(model):
    assert isinstance(model._meta.pk, models.UUIDField)


@pytest.mark.parametrize("name", ["ip", "ip_address", "user_agent", "last_seen", "last_login", "date_joined"])
def test_no_table_keeps_where_or_when_somebody_was_here(name):
    holding = [
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name == name or isinstance(field, models.GenericIPAddressField)
    ]
    assert not holding


def test_the_walk_would_find_a_column_that_somebody_adds():
    class Visit(models.Model):
        persona = models.ForeignKey(Persona, models.CASCADE, related_name="+")
        account = models.ForeignKey(Account, models.CASCADE, related_name="+")

        class Meta:
            app_label = "forum"

    try:
        apps.clear_cache()
        assert "forum.Visit.account" in set(columns_with_an_account(Thread, FAR))
    finally:
        del apps.all_models["forum"]["visit"]
        apps.clear_cache()
