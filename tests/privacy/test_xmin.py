"""T-XMIN: PostgreSQL numbers every transaction; none of its numbers joins a persona's row to an account's."""

import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q
from django.test import Client

from accounts.models import Account
from forum.models import Follow, Notice, Persona, Post, Thread, ThreadTag
from moderation.models import QueueItem
from tests import make, typed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite numbers no transactions."),
]

# The rows on a persona's side.
PERSONAS = {
    Persona: Q(),
    Post: Q(persona__isnull=False),
    Thread: Q(author=None),
    ThreadTag: Q(content_object__author=None),
    Notice: Q(persona__isnull=False),
    QueueItem: Q(post__persona__isnull=False),
}


def numbers(rows: models.QuerySet) -> set[str]:
    """The transactions that wrote or locked these rows; 0 is none."""
    keys = list(rows.values_list("pk", flat=True))
    table, column = rows.model._meta.db_table, rows.model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT xmin::text, xmax::text FROM "{table}" WHERE "{column}" = ANY(%s)', [keys])
        return {number for row in cursor.fetchall() for number in row} - {"0"}


def of_personas() -> set[str]:
    return set().union(*(numbers(model.objects.filter(which)) for model, which in PERSONAS.items()))


def of_members() -> Iterator[tuple[str, set[str]]]:
    """Every table with a column for an account, and the numbers of its rows of members who don't moderate."""
    yield "accounts.Account", numbers(Account.objects.filter(is_moderator=False))
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Account:
                members = model._default_manager.filter(**{f"{field.name}__is_moderator": False})
                yield f"{model._meta.label}.{field.name}", numbers(members)


@pytest.fixture
def author(vera) -> Client:
    """Vera, who asked and replied anonymously, and does things under her name in between."""
    client = Client()
    client.post("/accounts/login/", {"login": vera.email, "password": make.PASSWORD})
    client.post("/tags/jurisdiction/us-co/follow/")
    return client


def publish_all(mia: Account) -> None:
    for item in QueueItem.objects.waiting().select_related("post"):
        make.decide_on(item.post, "published", by=mia)


def test_no_row_of_a_member_shares_a_transaction_with_a_row_of_a_persona(tags, author, alice, mia, mo):
    author.post("/ask/", typed.question())
    publish_all(mia)
    asked = Thread.objects.get(author=None)
    make.post(asked, author=mo)
    named = make.thread("published", author=alice, by=mia)
    page = f"/threads/{named.public_id}/act/perspective/"
    author.post(page, typed.reply(identity="anonymous"))
    author.post(page, typed.reply(id=str(uuid.uuid4()), identity="named"))
    author.post(f"/threads/{asked.public_id}/act/follow/")
    publish_all(mia)
    make.post(named, author=mo)
    author.get(f"/inbox/{Notice.objects.filter(persona__isnull=False).first().pk}/")
    author.post("/inbox/read/")
    make.post(asked, author=mo, body=make.REPLY * 2)
    author.post("/inbox/read/")
    personas = of_personas()
    assert len(personas) > 5
    assert Notice.objects.filter(persona__isnull=False, read=True).exists()
    for table, members in of_members():
        assert not members & personas, table


def test_a_deed_that_wrote_both_at_once_would_be_found(author, alice, mia):
    author.post("/ask/", typed.question())
    with transaction.atomic():
        Follow.objects.create(account=alice, tag=make.tags()["gifts"])
        Persona.objects.update(notify=True)
    found = {table for table, members in of_members() if members & of_personas()}
    assert found == {"accounts.Account", "forum.Follow.account"}  # the account was only locked
