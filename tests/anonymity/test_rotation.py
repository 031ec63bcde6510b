"""Rotation: every value of the vault anew, every link as it was, but those that are to be cut."""

import errno
import json
import os
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from anonymity import keyring, rows, vault
from anonymity.models import Block, KeyCheck, Link, Rate
from tests.anonymity.conftest import Somebody

pytestmark = pytest.mark.django_db(databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
TABLES = (Link, Block, Rate, KeyCheck)


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def threads(somebody, another) -> dict[UUID, UUID]:
    """A vault in use: personas of two accounts with their threads, pauses, and places used today."""
    made = {}
    for account, amount in ((somebody, 60), (another, 3)):
        for thread in (uuid.uuid4() for _ in range(amount)):
            made[vault.attach(account, thread)] = thread
    vault.take_slot(somebody, "thread", NOW)
    vault.take_slot(another, "reply", NOW)
    for persona in list(made)[-3:]:
        vault.suspend(persona, NOW.date() + timedelta(days=7), NOW)
    return made


def dump(*models) -> dict[type, list[tuple]]:
    return {model: [plain(row) for row in model.objects.values_list()] for model in models or TABLES}


def plain(row: Iterable) -> tuple:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def restore(dumped: dict[type, list[tuple]]) -> None:
    for model, rows_of in dumped.items():
        names = [field.attname for field in model._meta.concrete_fields]
        model.objects.all().delete()
        model.objects.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows_of])


def file() -> dict:
    return json.loads(keyring.key_file().read_text())


def test_everybody_keeps_their_personas(somebody, another, threads):
    before = {account.anon_ref: set(vault.personas_of(account)) for account in (somebody, another)}
    for day in (0, 1, 2):
        vault.rotate(threads, now=in_days(day))
        for account in (somebody, another):
            assert set(vault.personas_of(account)) == before[account.anon_ref]
    for persona, thread in threads.items():
        owner = somebody if persona in before[somebody.anon_ref] else another
        assert vault.persona_for(owner, thread) == vault.attach(owner, thread) == persona
        assert [vault.owns(account, persona) for account in (somebody, another)] == [
            account is owner for account in (somebody, another)
        ]
    assert Link.objects.count() == len(threads)
    assert vault.verify().sound


def test_every_opaque_value_of_every_row_is_another_one(threads):
    """T-DIFF: what stayed the same between two dumps would say which rows a deletion had changed."""
    before = dump()
    vault.rotate(threads, now=NOW)
    after = dump()
    assert {model: len(found) for model, found in after.items()} == {Link: 63, Block: 3, Rate: 2, KeyCheck: 1}
    personas = {persona.bytes for persona in threads}
    for model in TABLES:
        values = [{value for row in dumped[model] for value in row} for dumped in (before, after)]
        opaque = [{value for value in found if isinstance(value, bytes)} - personas for found in values]
        assert not opaque[0] & opaque[1]
        assert len(opaque[0]) == len(opaque[1])
    assert {row[1] for model in (Link, Block) for row in after[model]} == {2}


def test_rows_stand_in_another_order_than_they_came_in(threads):
    before = [row[0] for row in dump(Link)[Link]]
    vault.rotate(threads, now=NOW)
    assert sorted(before) == sorted(row[0] for row in dump(Link)[Link])
    assert before != [row[0] for row in dump(Link)[Link]]


def test_the_links_of_an_account_that_leaves_are_cut_and_look_like_all_others(somebody, another, threads):
    theirs = set(vault.personas_of(somebody))
    vault.rotate(threads, leaving=[somebody], now=NOW)
    assert vault.personas_of(somebody) == []
    assert not any(vault.owns(somebody, persona) for persona in theirs)
    assert not any(vault.persona_for(somebody, threads[persona]) for persona in theirs)
    assert len(vault.personas_of(another)) == 3
    assert Link.objects.count() == len(threads)
    assert {(link.kid, len(bytes(link.seal))) for link in Link.objects.all()} == {(2, 92)}
    found = vault.verify()
    assert found.sound
    assert found.links == len(threads)
    refs = [rows.opened(keyring.current(), link).ref for link in Link.objects.all()]
    assert somebody.anon_ref not in refs
    assert len(set(refs)) == len(theirs) + 1  # nothing joins what was cut either


def test_an_account_that_left_takes_its_pauses_along(another, threads):
    vault.rotate(threads, leaving=[another], now=NOW)
    assert not Block.objects.exists()


def test_cutting_a_second_time_after_a_killed_run_changes_nothing_for_the_rest(somebody, another, threads):
    for _ in range(2):
        vault.rotate(threads, leaving=[somebody], now=NOW)
    assert len(vault.personas_of(another)) == 3
    assert vault.verify().sound


def test_a_link_to_a_persona_that_was_never_written_goes_on_a_later_day(somebody, threads):
    thread = uuid.uuid4()
    orphan = vault.attach(somebody, thread)
    for _ in range(2):  # its post may be on the way at this very moment
        vault.rotate(threads, now=NOW)
        assert vault.persona_for(somebody, thread) == orphan
    vault.rotate(threads, now=in_days(1))
    assert vault.persona_for(somebody, thread) is None
    assert Link.objects.count() == len(threads)


def test_a_link_missed_once_stays_when_its_persona_is_there_after_all(somebody, threads):
    thread = uuid.uuid4()
    late = vault.attach(somebody, thread)
    vault.rotate(threads, now=NOW)
    vault.rotate({**threads, late: thread}, now=in_days(1))
    vault.rotate(threads, now=in_days(2))
    assert vault.persona_for(somebody, thread) == late


def test_a_link_from_before_threads_were_sealed_too_is_completed(somebody, threads):
    ring = keyring.current()
    persona, thread = uuid.uuid4(), uuid.uuid4()
    link = rows.link(ring, rows.Whose(somebody.anon_ref, thread), persona.bytes, place=100)
    link.seal = ring.seal(somebody.anon_ref, table="vault_link", row=persona.bytes)
    link.save()
    assert vault.verify().misplaced == 1
    vault.rotate({**threads, persona: thread}, now=NOW)
    assert vault.persona_for(somebody, thread) == persona
    assert vault.verify().sound


def test_places_used_today_stay_used_and_no_more(somebody, threads):
    vault.rotate(threads, now=NOW)
    assert [vault.take_slot(somebody, "thread", NOW) for _ in range(3)] == [True, True, False]


def test_places_of_an_account_without_any_link_stay_used(threads):
    stranger = Somebody()
    for _ in range(3):
        vault.take_slot(stranger, "thread", NOW)
    vault.rotate(threads, now=NOW)
    assert not vault.take_slot(stranger, "thread", NOW)


def test_a_pause_outlasts_rotations_and_what_is_over_goes(somebody, another, threads):
    """Of three entries of one day, one pause is left as long as it makes a later one longer."""
    persona = vault.personas_of(another)[0]
    vault.lift(persona, NOW)
    vault.suspend(persona, in_days(7).date(), NOW)
    vault.rotate(threads, now=NOW)
    assert Block.objects.count() == 1
    assert not vault.take_slot(another, "reply", in_days(7))
    vault.rotate(threads, now=in_days(90))
    assert Block.objects.count() == 1
    assert vault.take_slot(another, "reply", in_days(90))
    vault.rotate(threads, now=in_days(91))
    assert not Block.objects.exists()


def test_a_seal_of_an_old_dump_opens_in_no_row_of_today(somebody, another, threads):
    victim, attacker = vault.personas_of(somebody)[0], vault.personas_of(another)[0]
    old = dump(Link)
    seal = next(row[2] for row in old[Link] if row[0] == victim.bytes)
    vault.rotate(threads, now=NOW)
    for row in (victim, attacker):
        Link.objects.filter(persona=row.bytes).update(seal=seal)
        with pytest.raises(vault.VaultUnavailable):
            vault.owns(somebody, row)


def test_sockets_of_the_time_before_still_hear(somebody, another, threads, monkeypatch):
    joined = vault.live_group(somebody)
    vault.rotate(threads, now=NOW)
    assert joined != vault.live_group(somebody)
    reached: list[str] = []
    monkeypatch.setattr("anonymity.bus.send_all", lambda groups, frame: reached.extend(groups))
    vault.nudge(vault.personas_of(somebody)[0])
    vault.nudge_accounts([somebody])
    assert reached == [vault.live_group(somebody), joined] * 2
    assert vault.live_group(another) not in reached


def test_the_file_keeps_the_old_key_for_its_days_of_grace(somebody, threads, settings):
    secret = file()["keys"]["1"]["secret"]
    vault.rotate(threads, now=NOW)
    assert file()["primary"] == 2
    assert file()["keys"]["1"]["retired"] == "2026-03-04"
    vault.destroy_old_keys(in_days(6))
    assert set(file()["keys"]) == {"1", "2"}
    vault.destroy_old_keys(in_days(7))
    assert set(file()["keys"]) == {"2"}
    assert secret not in keyring.key_file().read_text()
    assert keyring.key_file().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in keyring.key_file().parent.iterdir()] == [keyring.key_file().name]
    assert len(vault.personas_of(somebody)) == 60
    assert vault.verify().sound


def test_a_key_that_a_row_needs_is_not_destroyed(somebody, threads):
    persona = vault.personas_of(somebody)[0]
    old = Link.objects.get(persona=persona.bytes)
    vault.rotate(threads, now=NOW)
    Link.objects.filter(persona=persona.bytes).delete()
    old.save(force_insert=True)
    vault.destroy_old_keys(in_days(30))
    assert vault.owns(somebody, persona)
    assert vault.verify().outdated == 1
    vault.rotate(threads, now=in_days(30))
    vault.destroy_old_keys(in_days(60))
    assert set(file()["keys"]) == {"3"}
    assert vault.owns(somebody, persona)


def test_a_vault_backup_of_the_days_of_grace_works_and_rotates_on(somebody, threads):
    backup = dump()
    vault.rotate(threads, now=NOW)
    restore(backup)
    assert len(vault.personas_of(somebody)) == 60
    assert vault.attach(somebody, uuid.uuid4())
    vault.destroy_old_keys(in_days(30))
    vault.rotate(threads, now=in_days(30))
    assert len(vault.personas_of(somebody)) == 61
    assert file()["primary"] == KeyCheck.objects.get().kid == 3
    assert vault.verify().sound


def test_a_vault_backup_older_than_that_is_refused(somebody, threads, caplog):
    backup = dump()
    vault.rotate(threads, now=NOW)
    vault.destroy_old_keys(in_days(7))
    restore(backup)
    with pytest.raises(vault.VaultUnavailable):
        vault.personas_of(somebody)
    assert "lacks key 1" in caplog.text
    assert not vault.fits_data()
    assert vault.lacks_keys()


def test_the_key_file_of_before_is_refused_and_so_is_nobodys(somebody, threads, key_file):
    before = key_file.read_bytes()
    vault.rotate(threads, now=NOW)
    after = key_file.read_bytes()
    key_file.write_bytes(before)
    for act in (lambda: vault.attach(somebody, uuid.uuid4()), lambda: vault.personas_of(somebody)):
        with pytest.raises(vault.VaultUnavailable):
            act()
    with pytest.raises(vault.VaultUnavailable):
        vault.rotate(threads, now=NOW)
    assert key_file.read_bytes() == before
    key_file.write_bytes(after)
    assert len(vault.personas_of(somebody)) == 60


def test_a_row_that_does_not_open_stops_the_rotation_and_nothing_changes(somebody, threads):
    persona = vault.personas_of(somebody)[0]
    Link.objects.filter(persona=persona.bytes).update(seal=bytes(92))
    before = dump()
    for day in (0, 30):
        with pytest.raises(vault.VaultUnavailable):
            vault.rotate(threads, now=in_days(day))
        vault.destroy_old_keys(in_days(day))
    assert dump() == before
    assert file()["primary"] == 1
    assert len(vault.personas_of(somebody)) == 60


def test_a_folder_that_may_not_be_written_stops_the_rotation_in_a_sentence(threads, monkeypatch, caplog):
    def read_only(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    before, content = dump(), file()
    monkeypatch.setattr(Path, "replace", read_only)
    with pytest.raises(vault.VaultUnavailable):
        vault.rotate(threads, now=NOW)
    assert "cannot be replaced (Read-only file system)" in caplog.text
    assert (dump(), file()) == (before, content)


def test_a_second_rotation_at_the_same_time_is_refused(threads):
    with keyring.alone(), pytest.raises(vault.AlreadyRotating):
        vault.rotate(threads, now=NOW)
    with keyring.alone(), pytest.raises(vault.AlreadyRotating):
        vault.destroy_old_keys(NOW)
    vault.rotate(threads, now=NOW)


def test_what_a_killed_process_left_beside_the_file_is_removed(threads, key_file):
    draft = key_file.with_name(f".{key_file.name}.4711")
    draft.write_bytes(key_file.read_bytes())
    vault.destroy_old_keys(NOW)
    assert not draft.exists()


def test_a_file_behind_a_link_is_replaced_where_it_lies(threads, key_file, settings, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(key_file)
    settings.ANON_KEYRING_FILE = link
    vault.rotate(threads, now=NOW)
    assert link.is_symlink()
    assert json.loads(key_file.read_text())["primary"] == 2


def test_the_key_is_due_after_a_month(threads):
    made = datetime.fromisoformat(file()["keys"]["1"]["created"]).replace(tzinfo=UTC)
    assert not vault.key_is_due(made + timedelta(days=29))
    assert vault.key_is_due(made + timedelta(days=30))
    vault.rotate(threads, now=made + timedelta(days=30))
    assert not vault.key_is_due(made + timedelta(days=59))


def test_key_numbers_go_beyond_one_byte(somebody, threads, key_file):
    content = file()
    content["keys"]["255"] = {
        **content["keys"]["1"],
        "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }
    key_file.write_text(json.dumps(content))
    for _ in range(2):
        vault.rotate(threads, now=NOW)
    assert KeyCheck.objects.get().kid == 257
    assert len(vault.personas_of(somebody)) == 60
    assert vault.verify().sound


def test_without_its_vault_a_restored_board_has_personas_that_nobody_owns(somebody, threads):
    restore({Link: [], Block: [], Rate: [], KeyCheck: []})
    persona = next(iter(threads))
    assert not vault.owns(somebody, persona)
    assert vault.personas_of(somebody) == []
    vault.nudge(persona)
    vault.suspend(persona, in_days(7).date(), NOW)
    vault.rotate(threads, now=NOW)
    assert vault.verify().sound
    assert vault.attach(somebody, threads[persona])
