"""T-BACKUP: the archives hold one database each and no key; without the vault's, nobody owns a persona."""

import base64
import json
import os
import re
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models import Account
from anonymity import vault
from anonymity.models import Link, Rate
from config import stores
from forum.models import Notice, Persona, Thread
from forum.notices import fanout
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def backup(path: Path, *options: str) -> Path:
    call_command("backup", str(path), *options, verbosity=0)
    return path


def restore(path: Path) -> None:
    call_command("restore", str(path), yes=True, verbosity=0)


def refusal(command: str, path: Path, **options) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(command, str(path), **options)
    return str(refused.value)


def unpacked(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def spellings(value: bytes) -> set[bytes]:
    return {value, value.hex().encode(), base64.b64encode(value).rstrip(b"="), value[::-1]}


def occurs(words: set[bytes], place: bytes) -> bool:
    return any(word in place for word in words)


def secrets() -> list[bytes]:
    ring = json.loads(settings.ANON_KEYRING_FILE.read_text())
    return [base64.b64decode(key["secret"]) for key in ring["keys"].values()]


@pytest.fixture
def own_key_file(settings, tmp_path):
    settings.ANON_KEYRING_FILE = tmp_path / "keys" / "anon-keyring.json"
    vault.make_key_file()


@pytest.fixture
def board(own_key_file, anonymous_thread, alice, bob) -> Thread:
    """Bob's anonymous thread, beside one of Alice's that waits."""
    make.thread(author=alice, anonymous=True)
    return anonymous_thread


def sees_own(account: Account) -> bool:
    page = make.signed_in(account).get("/my/anonymous/")
    assert page.status_code == 200
    return bool(re.search(r"/my/anonymous/[0-9a-f]{32}/", page.content.decode()))


def test_the_main_archive_holds_no_key_no_session_and_nothing_of_the_vault(board, bob, tmp_path, client):
    client.force_login(bob)
    archive = backup(tmp_path / "main.tar.gz")
    assert archive.stat().st_mode & 0o777 == 0o600
    held = unpacked(archive)
    assert set(held) == {"manifest.json", "database"}
    everything = b"".join([archive.read_bytes(), *held.values()])
    values = [value for row in Link.objects.values_list("seal", "thread_tag", "list_tag") for value in row]
    values += [*Rate.objects.values_list("bucket", flat=True), *secrets()]
    assert len(values) == 9
    assert not [value for value in values if occurs(spellings(bytes(value)), everything)]
    assert client.session.session_key.encode() not in everything
    assert board.title.encode() in everything
    for account in Account.objects.all():
        reference = bytes(account.anon_ref)
        own = {reference, reference.hex().encode()}
        # Its own column and that column's index.
        assert sum(map(everything.count, own)) in (1, 2)
        assert not occurs(spellings(reference) - own, everything)


def test_the_vaults_archive_holds_the_vault_and_no_key(board, bob, tmp_path):
    held = unpacked(backup(tmp_path / "vault.tar.gz", "--vault"))
    everything = b"".join(held.values())
    assert not [secret for secret in secrets() if occurs(spellings(secret), everything)]
    assert bob.email.encode() not in everything
    assert json.loads(held["manifest.json"])["keys"] == [1]


def test_the_main_archive_alone_gives_a_site_without_owners_and_the_vaults_brings_them_back(
    board, alice, bob, mia, mo, tmp_path
):
    main, sealed = backup(tmp_path / "main.tar.gz"), backup(tmp_path / "vault.tar.gz", "--vault")
    personas = vault.personas_of(bob)
    for alias in ("default", "vault"):
        call_command("flush", database=alias, interactive=False, verbosity=0)
    restore(main)
    assert {account.pk for account in Account.objects.all()} >= {alice.pk, bob.pk}
    assert [vault.owns(account, each) for account in (alice, bob) for each in personas] == [False, False]
    assert not sees_own(bob)
    assert all(page.status_code == 200 for page in looked_at(board, by=mia))
    make.post(board, author=mo)
    fanout.tell_all()
    assert not Notice.objects.filter(account=bob).exists()

    restore(sealed)
    assert vault.personas_of(bob) == personas
    assert sees_own(bob)
    assert sees_own(alice)
    restore(main)  # as often as one likes
    restore(sealed)
    assert Persona.objects.count() == 2


def looked_at(thread: Thread, *, by: Account) -> list:
    client = Client(raise_request_exception=True)
    pages = [client.get("/"), client.get(thread.get_absolute_url())]
    client.force_login(by)
    return [*pages, client.get("/moderation/queue/"), client.get(f"/moderation/items/{waiting().pk}/")]


def waiting():
    return make.item(Thread.objects.get(state="pending"))


def test_a_vault_whose_key_was_destroyed_is_not_restored(board, bob, tmp_path, now):
    sealed = backup(tmp_path / "vault.tar.gz", "--vault")
    threads = dict(Persona.objects.values_list("pk", "thread_id"))
    vault.rotate(threads, now=now)
    restore(sealed)  # within the days of grace
    assert vault.personas_of(bob)
    vault.rotate(threads, now=now)
    vault.destroy_old_keys(now + settings.ANON_KEY_GRACE)
    assert refusal("restore", sealed, yes=True).startswith("The key file lacks key 1, which this backup")
    assert vault.personas_of(bob)


def test_a_vault_is_not_restored_without_a_key_file(board, tmp_path):
    sealed = backup(tmp_path / "vault.tar.gz", "--vault")
    settings.ANON_KEYRING_FILE.unlink()
    assert refusal("restore", sealed, yes=True).startswith("There is no key file at")


def test_nothing_is_written_over(board, tmp_path):
    archive = backup(tmp_path / "both.tar.gz")
    before = archive.read_bytes()
    assert refusal("backup", archive, vault=True) == f"{archive} exists and stays as it is."
    assert archive.read_bytes() == before
    assert set(os.listdir(tmp_path)) == {"keys", "both.tar.gz"}


@pytest.mark.parametrize("harm", ["cut", "changed", "no archive", "missing"])
def test_a_damaged_archive_changes_nothing(board, tmp_path, harm):
    archive = backup(tmp_path / "main.tar.gz")
    content = bytearray(archive.read_bytes())
    if harm == "cut":
        archive.write_bytes(content[: len(content) // 2])
    elif harm == "changed":
        repacked(archive, database=unpacked(archive)["database"].replace(b"e", b"o", 1))
    elif harm == "no archive":
        archive.write_text("words")
    else:
        archive.unlink()
    said = refusal("restore", archive, yes=True)
    assert said.startswith(f"There is no file {archive}" if harm == "missing" else f"{archive} is damaged")
    assert Thread.objects.count() == 2


def test_an_archive_of_a_newer_version_or_another_store_changes_nothing(board, tmp_path):
    archive = backup(tmp_path / "main.tar.gz")
    manifest = json.loads(unpacked(archive)["manifest.json"])
    newer = {**manifest, "migrations": [*manifest["migrations"], ["forum", "9999_later"]]}
    repacked(archive, **{"manifest.json": json.dumps(newer).encode()})
    assert refusal("restore", archive, yes=True).startswith("This backup was made by a newer version")
    repacked(archive, **{"manifest.json": json.dumps({**manifest, "vendor": "oracle"}).encode()})
    assert refusal("restore", archive, yes=True).startswith("This backup is one of oracle")
    assert Thread.objects.count() == 2


def repacked(archive: Path, **changes: bytes) -> None:
    held = unpacked(archive) | changes
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in held.items():
            path = archive.with_suffix(f".{name}")
            path.write_bytes(content)
            packed.add(path, arcname=name)


def test_it_is_asked_before_anything_is_lost(board, tmp_path, monkeypatch):
    archive = backup(tmp_path / "main.tar.gz")
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert refusal("restore", archive) == "Nothing was changed."
    monkeypatch.setattr("builtins.input", lambda question: "yes")
    call_command("restore", str(archive), verbosity=0)


def test_a_backup_is_of_one_moment_while_the_site_writes(board, alice, tmp_path):
    """What is not committed yet is not in it, and what is open does not stop it."""
    with transaction.atomic():
        Thread.objects.filter(pk=board.pk).update(title="Not committed yet, and never in a backup")
        archive = backup(tmp_path / "main.tar.gz")
    assert b"Not committed yet" not in unpacked(archive)["database"]


def test_a_missing_tool_is_told_in_a_sentence(board, tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite copies by itself")
    monkeypatch.setattr(stores, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("backup", tmp_path / "main.tar.gz").startswith("pg_dump is not installed")


def test_there_is_no_third_database():
    """It would be in no backup."""
    assert set(connections) == {"default", "vault"}
