"""The key file through rotations: what it keeps, what backups it still opens, and what stops it."""

import errno
import json
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anonymity import keyring, vault
from anonymity.models import Block, KeyCheck, Link, Rate
from tests.anonymity.dumps import NOW, dump, in_days, restore

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def file() -> dict:
    return json.loads(keyring.key_file().read_text())


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
