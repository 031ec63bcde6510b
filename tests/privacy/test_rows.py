"""T-SCAN, T-GRAPH, T-TIME, T-ID: no row, relation, time or id of an anonymous post leads to its account."""

import base64
import hashlib
import uuid

import pytest
from django.apps import apps
from django.db import connections, models

from accounts.models import Account
from forum.actions.flag import flag
from forum.models import Flag, Persona, Post, Reason, Thread
from forum.notices import fanout
from moderation.actions.flags import dismiss
from moderation.models import QueueItem
from tests import make

COARSE = {"hour", "active_hour", "listed_hour", "submitted_hour", "edited_hour", "decided_hour"}
COARSE |= {"suggested_hour", "told_hour"}
COARSE |= {"until", "lifted_hour"}  # of a sanction
COARSE |= {"tell_from", "not_before", "expires", "revealed_hour"}  # of break-glass, where it is switched on
# Times of a minute or finer, and why each is allowed: none is written by what an author does.
FINE = {
    "moderation.QueueItem.held_until",  # a moderator's hold, gone with the decision
    "accounts.Verification.held_until",  # likewise, gone with the check
    "forum.Digest.due",  # by a member's clock, and no author's deed
    "forum.Digest.try_at",  # the worker's
    "forum.MailRound.free_at",  # likewise, and one for the whole board
    "sessions.Session.expire_date",
    "account.EmailConfirmation.created",
    "account.EmailConfirmation.sent",
    "mfa.Authenticator.created_at",
    "mfa.Authenticator.last_used_at",
}


@pytest.fixture
def author(tags) -> Account:
    """An account whose key is too long to stand in the id of another row by chance."""
    return make.account(
        "Xanthe Quill", pk=7_340_127_450_613, is_verified=True, email="xanthe@elsewhere.example"
    )


@pytest.fixture
def board(author, mia, mo) -> Account:
    """A board on which the author has done everything anonymously that there is to do; the author."""
    thread = make.thread("published", author=author, anonymous=True, by=mia)
    make.post(thread, author=mo)
    make.post(thread, "clarification", by=mia)
    make.post(thread, "update", outcomes=["repaired"], by=mia)
    make.thread("returned", author=author, anonymous=True, by=mia)
    make.thread("withdrawn", author=author, anonymous=True, by=mia)
    named = make.thread("published", author=make.account("Alice"), by=mia)
    make.post(named, "perspective", author=author, anonymous=True, by=mia)
    flag(
        make.question(named),
        Reason.IDENTIFIES,
        "Look.",
        at_once=True,
        account=author,
        now=make.NOW,
    )
    flags = QueueItem.objects.waiting().get(kind="flag")
    dismiss(flags, "It is fine.", version=flags.version, by=mia, now=make.NOW)
    flag(make.question(thread), Reason.UNKIND, account=author, now=make.NOW)
    fanout.tell_all()
    return author


def traces_of(account: Account) -> set[str]:
    """How an account could be written into a row: plainly, encoded or hashed."""
    plain = [str(account.pk).encode(), account.email.encode(), bytes(account.anon_ref), b"Xanthe Quill"]
    traces = set()
    for value in plain:
        traces |= {value.decode("latin-1"), value[::-1].decode("latin-1"), value.hex()}
        traces |= {
            base64.b64encode(value).decode().rstrip("="),
            base64.urlsafe_b64encode(value).decode().rstrip("="),
        }
        traces |= {getattr(hashlib, name)(value).hexdigest() for name in ("md5", "sha1", "sha256")}
        traces |= {hashlib.sha256(value).digest().decode("latin-1")}
    return traces


def rows_of_everything() -> dict[str, list[str]]:
    """Every row of every table of both databases, its values joined."""
    found = {}
    for alias in connections:
        with connections[alias].cursor() as cursor:
            for model in apps.get_models():
                if model.objects.db == alias if hasattr(model, "objects") else alias == "default":
                    table = model._meta.db_table
                    cursor.execute(f'SELECT * FROM "{table}"')
                    found[table] = ["|".join(map(as_text, row)) for row in cursor.fetchall()]
    return found


def as_text(value: object) -> str:
    if isinstance(value, uuid.UUID):
        return value.hex
    return bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value)


def test_an_anonymous_author_is_in_no_row_but_those_of_their_account(board):
    own = {"accounts_account", "account_emailaddress"}
    traces = traces_of(board)
    for table, rows in rows_of_everything().items():
        holding = [row for row in rows if any(trace in row for trace in traces)]
        assert bool(holding) == (table in own), table


def test_the_secret_reference_is_in_one_row_only(board):
    reference = bytes(board.anon_ref).decode("latin-1")
    rows = [row for rows in rows_of_everything().values() for row in rows if reference in row]
    assert len(rows) == 1


def test_no_relation_leads_from_a_persona_to_an_account():
    """Only through its thread, whose named author is somebody else by the rule of the next test."""
    for model in (Persona, apps.get_model("forum.SearchEntry"), apps.get_model("forum.ThreadTag")):
        targets = {field.related_model for field in model._meta.fields if field.is_relation}
        assert Account not in targets


def test_an_anonymous_question_makes_its_thread_nobodys(board):
    questions = Post.objects.filter(kind="question")
    for question in questions:
        assert (question.author_id is None) == (question.thread.author_id is None)
        assert (question.author_id is None) != (question.persona_id is None)


def test_every_stored_time_is_coarse_or_known():
    fine = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, (models.DateTimeField, models.TimeField)) and field.name not in COARSE
    }
    assert fine == FINE


def test_coarse_times_are_whole_hours(board):
    for model in apps.get_models():
        for field in (field for field in model._meta.fields if field.name in COARSE):
            for time in model._default_manager.exclude(**{field.name: None}).values_list(
                field.name, flat=True
            ):
                assert (time.minute, time.second, time.microsecond) == (0, 0, 0)


@pytest.mark.parametrize("model", [Thread, Post, Persona, QueueItem, Flag])
def test_ids_tell_no_order(board, model):
    ids = list(model.objects.values_list("pk", flat=True))
    assert ids
    assert {number.version for number in ids} == {4}


def test_no_address_of_a_computer_is_stored():
    for model in apps.get_models():
        for field in model._meta.fields:
            assert not isinstance(field, models.GenericIPAddressField), f"{model.__name__}.{field.name}"
