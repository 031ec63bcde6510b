"""The record of what moderators did: how it is written, by which deeds, and under which key."""

import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.appoint import appoint
from accounts.actions.leave import close
from accounts.models import Account
from forum import rows
from forum.actions.leave import leave
from forum.actions.withdraw import withdraw
from forum.models import Thread
from moderation import audit, audit_check, audit_key
from moderation.actions import threads
from moderation.actions.claim import claim
from moderation.actions.decide import decline, hold, publish, return_to_author
from moderation.actions.redact import ask_to_redact, redact, refuse_redaction
from moderation.actions.undo import undo
from moderation.checks import key_fits_the_record, key_of_the_record_is_usable
from moderation.models import AuditEvent, QueueItem, Redaction
from tests import make
from tests.races import at_once


@pytest.mark.parametrize("deed", ["change", "delete"])
def test_the_database_refuses_to(nine, deed):
    events = AuditEvent.objects.filter(seq=4)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        events.delete() if deed == "delete" else events.update(kind="thing.undone")
    assert audit_check.verify().fault is None


def test_a_row_without_a_seal_may_go(mia, now):
    AuditEvent.objects.create(kind="thing.done", about="thing", by=mia, hour=now)
    AuditEvent.objects.all().delete()
    assert not AuditEvent.objects.exists()


def fail(now) -> None:
    with audit.deed():
        audit.record("thing.done", about="undone", now=now)
        raise ZeroDivisionError


def test_what_a_deed_records_is_written_at_its_end_and_goes_with_it(db, now):
    with audit.deed():
        audit.record("thing.done", about="thing 1", now=now)
        assert not AuditEvent.objects.exists()
        with pytest.raises(ZeroDivisionError):
            fail(now)
        audit.record("thing.done", about="thing 3", now=now)
    assert list(AuditEvent.objects.values_list("about", flat=True)) == ["thing 1", "thing 3"]
    with pytest.raises(ZeroDivisionError):
        fail(now)
    audit.record("thing.done", about="thing 5", now=now)
    assert [event.about for event in AuditEvent.objects.all()] == ["thing 1", "thing 3", "thing 5"]
    assert audit_check.verify().fault is None


def test_an_account_that_left_is_still_who_did_it(nine, mia):
    close(mia)
    assert Account.objects.get(pk=mia.pk).display_name == "Mia"
    assert Account.objects.get(pk=mia.pk).email.startswith("left-")
    assert audit_check.verify().fault is None


def test_without_its_key_nothing_is_done(pending_item, mia, now, settings, client, tmp_path):
    claim(pending_item, by=mia, now=timezone.now())
    settings.AUDIT_KEY_FILE = tmp_path / "gone"
    with pytest.raises(audit_key.RecordClosed):
        publish(pending_item, version=1, by=mia, now=now)
    assert QueueItem.objects.waiting().exists()
    client.force_login(mia)
    answer = client.post(f"{pending_item.get_absolute_url()}publish/", {"version": 1})
    assert answer.status_code == 503
    assert "nothing was done" in answer.content.decode()


def test_without_its_key_a_moderator_signs_out_all_the_same(pending_item, mia, settings, client, tmp_path):
    client.force_login(mia)
    claim(pending_item, by=mia, now=timezone.now())
    settings.AUDIT_KEY_FILE = tmp_path / "gone"
    assert client.post("/accounts/logout/").status_code == 303
    assert client.get("/inbox/").status_code == 302


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "anon_keygen"),
        (lambda path: path.chmod(0o640), "chmod 600"),
        (lambda path: path.write_text("no key"), "is no key"),
    ],
)
def test_a_key_file_out_of_order_is_a_fault_of_the_installation(nine, settings, tmp_path, spoil, says):
    settings.AUDIT_KEY_FILE = tmp_path / "keys" / "audit.key"
    path = audit_key.create()
    spoil(path)
    (error,) = key_of_the_record_is_usable()
    assert error.is_serious()
    assert says in error.msg
    with pytest.raises(CommandError, match=says):
        call_command("audit_verify")


def test_a_key_of_other_data_is_a_fault_and_none_is_made_for_a_sealed_record(nine, settings, tmp_path):
    assert not key_fits_the_record()
    settings.AUDIT_KEY_FILE = tmp_path / "audit.key"
    with pytest.raises(CommandError, match="stays as it is"):
        call_command("anon_keygen")
    assert not settings.AUDIT_KEY_FILE.exists()
    audit_key.create()
    with pytest.raises(FileExistsError):
        audit_key.create()
    assert settings.AUDIT_KEY_FILE.stat().st_mode & 0o777 == 0o600
    (error,) = key_fits_the_record()
    assert "does not fit" in error.msg


def asked_of(thread: Thread, **how) -> Redaction:
    return ask_to_redact(thread, "climbing", make.REASON, **how)


DEEDS: dict[str, Callable[..., None]] = {
    "publish": lambda world: publish(world.item, version=1, by=world.mia, now=world.now),
    "return": lambda world: return_to_author(world.item, "Why.", version=1, by=world.mia, now=world.now),
    "decline": lambda world: decline(world.item, "Why.", version=1, by=world.mia, now=world.now),
    "hold": lambda world: hold(world.item, "Why.", version=1, by=world.mia, now=world.now),
    "claim": lambda world: claim(world.item, by=world.mia, now=world.now),
    "close": lambda world: threads.close(world.public, "Why.", by=world.mia, now=world.now),
    "hide": lambda world: threads.hide(world.public, "Why.", by=world.mia, now=world.now),
    "ask to redact": lambda world: asked_of(world.public, hidden=True, by=world.mia, now=world.now),
    "redact": lambda world: redact(world.asked, by=world.mia, now=world.now),
    "undo": lambda world: undo(world.decided, by=world.mia, now=world.now),
    "refuse to redact": lambda world: refuse_redaction(world.asked, by=world.mia, now=world.now),
    "withdraw": lambda world: withdraw(world.public, by=world.public.author, now=world.now),
    "reply": lambda world: make.post(world.public, author=world.mia, now=world.now),
    "leave": lambda world: leave(world.public.author, keep_name=False, now=world.now),
    "appoint": lambda world: appoint(world.public.author, "verified", now=world.now),
    "demote": lambda world: appoint(world.holder, "member", now=world.now),
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_writes_nothing_after_its_event(name, pending_item, published_thread, mia, now):
    """Else it could wait for a row of somebody who waits for the head of the chain."""
    holder = make.moderator("Holder")
    claim(make.item(make.thread(author=make.account(), now=now)), by=holder, now=now)
    asked = asked_of(make.thread("published", now=now), hidden=False, by=holder, now=now)
    decided = make.item(make.thread(now=now))
    publish(decided, version=1, by=mia, now=now)
    world = SimpleNamespace(
        decided=decided,
        item=pending_item,
        public=published_thread,
        mia=mia,
        holder=holder,
        asked=asked,
        now=now,
    )
    with CaptureQueriesContext(connection) as queries:
        DEEDS[name](world)
    locking = ("INSERT", "UPDATE", "DELETE")
    done = [each["sql"] for each in queries if each["sql"].startswith(locking) or "FOR UPDATE" in each["sql"]]
    assert done[-1].startswith('INSERT INTO "moderation_auditevent"')
    assert sum("moderation_audithead SET" in each for each in done) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_has_its_place(now):
    mia = make.moderator("Mia")

    def deed(number: int) -> None:
        for _ in range(5):
            with audit.deed():
                audit.record("thing.done", about=f"thing {number}", by=mia, now=now)

    at_once(8, deed)
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))
    assert audit_check.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_deeds_of_one_thread_and_tag_at_once_wait_for_each_other_without_a_deadlock(now, tags):
    mia, alice = make.moderator("Mia"), make.account("Alice")
    waiting = [make.item(make.thread(author=alice, now=now)) for _ in range(3)]
    public = [make.thread("published", author=make.account(), now=now, by=mia) for _ in range(3)]

    def deed(number: int) -> None:
        if number < 3:
            publish(QueueItem.objects.get(pk=waiting[number].pk), version=1, by=mia, now=now)
        else:
            withdraw(public[number - 3], by=public[number - 3].author, now=now)

    at_once(6, deed)
    assert audit_check.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_the_nightly_rewrite_leaves_the_seals(now):
    mia = make.moderator("Mia")
    audit.record("thing.done", about="thing", by=mia, now=now)
    rows.rewrite()
    assert audit_check.verify().fault is None


KILLED = """
import django, time
django.setup()
from datetime import UTC, datetime
from django.db import transaction
from moderation import audit
with transaction.atomic():
    audit.record("thing.done", about="thing", now=datetime.now(UTC))
    print("written", flush=True)
    time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_event_and_commit_leaves_no_gap(now, settings):
    audit.record("thing.done", about="thing", now=now)
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format_map(database)
    )
    env = os.environ | {
        "DATABASE_URL": url,
        "AUDIT_KEY_FILE": str(settings.AUDIT_KEY_FILE),
        "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    writer = subprocess.Popen([sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE)
    try:
        assert writer.stdout.readline() == b"written\n"
    finally:
        writer.kill()
        writer.communicate()
    audit.record("thing.done", about="thing", now=now)
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert audit_check.verify().fault is None
