"""T-XMIN: PostgreSQL numbers every transaction; none of its numbers joins a persona's row to an account's."""

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from django.db.models import Q
from django.test import Client

from accounts.models import Account
from forum import rows
from forum.models import Flag, Follow, Notice, Persona, Post, Rewrite, Tag, Thread, ThreadTag
from moderation.actions.flags import dismiss
from moderation.models import QueueItem
from tests import make, typed
from tests.tables import dump

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
    Notice: Q(persona__isnull=False) | Q(flag__isnull=False),
    Flag: Q(),
    QueueItem: Q(post__persona__isnull=False),
}


def numbers(found: models.QuerySet) -> set[str]:
    """The transactions that wrote or locked these rows; 0 is none."""
    keys = list(found.values_list("pk", flat=True))
    table, column = found.model._meta.db_table, found.model._meta.pk.column
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
    reply = asked.posts.filter(kind="consultation").first()  # in the author's own thread (leak 13)
    author.post(f"/posts/{reply.pk}/flag/", {"what": "identifies"})
    flags = QueueItem.objects.waiting().get(kind="flag")
    dismiss(flags, "It is fine.", version=flags.version, by=mia, now=make.NOW)
    assert Notice.objects.filter(flag__isnull=False).exists()
    personas = of_personas()
    assert len(personas) > 5
    assert Account.objects.get(display_name="Vera").inbox_seal
    for table, members in of_members():
        assert not members & personas, table


def test_a_deed_that_wrote_both_at_once_would_be_found(author, alice, mia):
    author.post("/ask/", typed.question())
    with transaction.atomic():
        Follow.objects.create(account=alice, tag=make.tags()["gifts"])
        Persona.objects.update(notify=True)
    found = {table for table, members in of_members() if members & of_personas()}
    assert found == {"accounts.Account", "forum.Follow.account"}  # the account was only locked


def numbers_by_table() -> dict[str, set[str]]:
    """The transactions that wrote the rows of each table, and those that locked them."""
    return {model._meta.db_table: numbers(model._base_manager.all()) for model in rows.written_by_deeds()}


def test_after_the_night_all_rows_of_deeds_share_one_number_with_no_account(tags, author, alice, mia, mo):
    author.post("/ask/", typed.question())
    make.thread("published", author=alice, by=mia)
    publish_all(mia)
    make.post(Thread.objects.get(author=None), author=mo)
    author.post("/inbox/read/")
    with connection.cursor() as cursor:  # which is why it is done
        cursor.execute("VACUUM FREEZE")
    assert len(set().union(*numbers_by_table().values())) > 5
    before = dump()
    assert rows.rewrite() > 20
    tables = numbers_by_table()
    assert len(set().union(*tables.values())) == 1
    assert len([table for table, found in tables.items() if found]) > 10
    night = tables["forum_post"]
    deeds = {f"{model._meta.label}." for model in rows.written_by_deeds()}
    elsewhere = {table: found for table, found in of_members() if not table.startswith(tuple(deeds))}
    assert elsewhere["accounts.Account"]
    assert not any(found & night for found in elsewhere.values())
    assert {**dump(), "forum_rewrite": None} == {**before, "forum_rewrite": None}


def test_a_later_night_numbers_only_what_was_touched_since(tags, alice, bob, mia):
    old = make.thread("published", author=alice, by=mia)
    rows.rewrite()
    wait_for_open_transactions()
    first = numbers(Post.objects.filter(thread=old))
    new = make.thread("published", author=bob, anonymous=True, by=mia)
    rows.rewrite()
    assert numbers(Post.objects.filter(thread=old)) == first
    second = numbers(Post.objects.filter(thread=new)) | numbers(Thread.objects.filter(pk=new.pk))
    assert len(second) == 1
    assert second != first
    assert rows.rewrite() == 0


def wait_for_open_transactions() -> None:
    """What is open in other databases of this server holds a night back too: it numbers more, never less."""
    deadline = time.monotonic() + 600
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        now = oldest = int(cursor.fetchone()[0])
        while oldest <= now:
            assert time.monotonic() < deadline
            time.sleep(0.05)
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
            oldest = int(cursor.fetchone()[0])


def test_after_a_restore_on_a_younger_server_every_row_is_numbered_again(tags, alice, mia):
    make.thread("published", author=alice, by=mia)
    rows.rewrite()
    Rewrite.objects.update(since=10**12, number=10**12)  # as counted by the server before
    assert rows.rewrite() > 10
    assert Rewrite.objects.get().since < 10**12


def test_a_row_of_a_transaction_that_was_open_in_one_night_is_the_next_nights(tags, alice, mia):
    thread = make.thread("published", author=alice, by=mia)
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            Tag.objects.create(facet="topic", slug="slow", name="Slow", path="slow/")
            begun.set()
            go_on.wait(20)
        connection.close()

    deed = threading.Thread(target=slowly)
    deed.start()
    begun.wait(20)
    rows.rewrite()
    go_on.set()
    deed.join()
    slow = Tag.objects.filter(slug="slow")
    assert numbers(slow) != numbers(Thread.objects.filter(pk=thread.pk))
    own = numbers(slow)
    rows.rewrite()
    assert numbers(slow) != own


def test_a_row_that_a_request_holds_stops_the_night_and_not_the_request(tags, alice, mia):
    make.thread("published", author=alice, by=mia)
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Thread.objects.update(reply_count=0)
            held.set()
            go_on.wait(20)
        connection.close()

    request = threading.Thread(target=hold)
    request.start()
    held.wait(20)
    with pytest.raises(OperationalError):
        rows.rewrite()
    go_on.set()
    request.join()
    assert rows.rewrite()
