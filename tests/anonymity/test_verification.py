"""Verification: what is out of order is counted, and nothing else is said."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from anonymity import keyring, vault
from anonymity.models import Block, Link
from forum.actions.renew import renew_key_when_due
from forum.models import Persona

pytestmark = pytest.mark.django_db(databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


@pytest.fixture
def personas(somebody, another) -> list[uuid.UUID]:
    made = [vault.attach(account, uuid.uuid4()) for account in (somebody, another) for _ in range(3)]
    vault.suspend(made[0], NOW.date(), NOW)
    vault.suspend(made[0], NOW.date(), NOW)
    vault.take_slot(another, "thread", NOW)
    return made


def test_a_whole_vault_is_sound(personas):
    found = vault.verify()
    assert found.sound
    assert found._asdict() == {
        "links": 6,
        "pauses": 2,
        "uses": 1,
        "damaged": 0,
        "misplaced": 0,
        "outdated": 0,
        "unused_keys": 0,
    }


def link_of(persona: uuid.UUID):
    return Link.objects.filter(persona=persona.bytes)


def test_a_damaged_row_keeps_nobody_else_from_mail(alice, bob):
    whole, damaged = vault.attach(alice, uuid.uuid4()), vault.attach(bob, uuid.uuid4())
    link_of(damaged).update(seal=link_of(whole).get().seal)
    assert vault.mail_accounts([damaged, whole]) == {alice.pk}


def test_a_seal_of_another_row_is_damage(personas):
    seal = link_of(personas[0]).get().seal
    link_of(personas[1]).update(seal=seal)
    assert vault.verify().damaged == 1
    assert not vault.verify().sound


@pytest.mark.parametrize("tag", ["thread_tag", "list_tag"])
def test_a_tag_that_its_author_will_not_look_for_is_misplaced(personas, tag):
    link_of(personas[0]).update(**{tag: bytes(16)})
    assert vault.verify().misplaced == 1


def test_a_gap_in_a_log_of_pauses_is_misplacement(personas):
    before = set(Block.objects.values_list("pk", flat=True))
    vault.suspend(personas[0], NOW.date(), NOW)
    Block.objects.filter(pk__in=before).first().delete()
    assert vault.verify().misplaced == 1


def test_a_key_that_nothing_needs_is_counted_until_the_next_rotation_retires_it(personas):
    keyring.add(NOW, above=1)
    assert vault.verify().unused_keys == 1
    vault.rotate({}, now=NOW)
    assert vault.verify().unused_keys == 0


def test_a_row_of_a_key_that_is_gone_fails_the_system_check(personas):
    link_of(personas[0]).update(kid=9)
    assert vault.verify().damaged == vault.verify().outdated == 1
    faults = run_checks(tags=["anonymity"], databases=["vault"])
    assert [fault.id for fault in faults] == ["anonymity.E004"]


def said_by(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_anon_verify_prints_counts_only(personas):
    said = said_by("anon_verify")
    assert re.fullmatch(r"(?:[a-z ]+ \d+\n){7}", said)
    assert "links        6\n" in said


def test_anon_verify_fails_when_the_vault_is_not_whole(personas):
    link_of(personas[0]).update(seal=bytes(92))
    with pytest.raises(CommandError, match="not whole"):
        said_by("anon_verify")


@pytest.mark.parametrize("command", ["anon_verify", "anon_rotate"])
def test_a_command_without_a_key_file_fails_in_a_sentence(personas, command, key_file, caplog):
    key_file.unlink()
    with pytest.raises(CommandError):
        call_command(command, skip_checks=True)
    assert "There is no key file" in caplog.text


def test_anon_rotate_keeps_authors_and_drops_what_no_persona_has(anonymous_thread, bob, personas):
    said_by("anon_rotate")
    persona = Persona.objects.get(thread=anonymous_thread)
    assert vault.owns(bob, persona.pk)
    assert Link.objects.count() == 7  # those without a persona were missed for the first time
    assert "new key" in said_by("anon_rotate")
    assert vault.verify().sound


def test_anon_rotate_says_that_another_process_rotates(personas):
    with keyring.alone(), pytest.raises(CommandError, match="another process"):
        call_command("anon_rotate")


def test_the_worker_rotates_once_a_month_and_destroys_a_week_later(personas):
    began = datetime.now(UTC)
    for days, keys in [(29, {1}), (30, {1, 2}), (31, {1, 2}), (36, {1, 2}), (37, {2}), (60, {2, 3})]:
        renew_key_when_due(now=began + timedelta(days=days))
        assert set(keyring.current().kids) == keys
