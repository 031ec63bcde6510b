"""The key file: private, whole, never replaced, and quiet about what it holds."""

import json
import stat

import pytest
from django.core.management import CommandError, call_command

from anonymity import keyring
from anonymity.keyring import KeyFileError

A_SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
A_KEY = f'"secret": "{A_SECRET}", "created": "2026-11-01"'


def test_a_new_key_file_is_for_its_owner_only(key_file):
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_a_new_key_file_has_one_random_key(key_file, tmp_path):
    keyring.create(tmp_path / "other.json")
    one, other = json.loads(key_file.read_text()), json.loads((tmp_path / "other.json").read_text())
    assert (one["format"], one["primary"], list(one["keys"])) == (1, 1, ["1"])
    assert one["keys"]["1"]["secret"] != other["keys"]["1"]["secret"]


def test_a_key_file_is_never_replaced(key_file):
    before = key_file.read_bytes()
    with pytest.raises(FileExistsError):
        keyring.create(key_file)
    assert key_file.read_bytes() == before
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_anon_keygen_makes_the_file_once(key_file, capsys):
    key_file.unlink()
    call_command("anon_keygen")
    assert str(key_file) in capsys.readouterr().out
    before = key_file.read_bytes()
    with pytest.raises(CommandError, match="exists and stays as it is"):
        call_command("anon_keygen")
    assert key_file.read_bytes() == before
    assert before.decode().split('"secret": "')[1][:40] not in capsys.readouterr().out


def test_anon_keygen_says_where_it_may_not_write(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.ANON_KEYRING_FILE = tmp_path / "file" / "keys" / "keyring.json"
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("anon_keygen")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o644, 0o666])
def test_a_key_file_that_others_may_read_is_refused(key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        keyring.current()


def test_a_missing_key_file_says_what_to_do(key_file):
    key_file.unlink()
    with pytest.raises(KeyFileError, match="anon_keygen"):
        keyring.current()


def test_a_folder_in_place_of_the_key_file_is_refused(key_file):
    key_file.unlink()
    key_file.mkdir()
    with pytest.raises(KeyFileError, match="cannot be read"):
        keyring.current()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "canary",
        "[]",
        "{}",
        '{"format": 1, "primary": 1, "keys": {}}',
        '{"format": 1, "primary": 1, "keys": {"1": {"secret": "Y2FuYXJ5"}}}',
        '{"format": 1, "primary": 1, "keys": {"1": {"secret": "canary!"}}}',
        '{"format": 1, "primary": 1, "keys": {"1": "canary"}}',
        f'{{"format": 2, "primary": 1, "keys": {{"1": {{{A_KEY}}}}}}}',
        f'{{"format": 1, "primary": 2, "keys": {{"1": {{{A_KEY}}}}}}}',
        f'{{"format": 1, "primary": 1, "keys": {{"1": {{"secret": "{A_SECRET}"}}}}}}',
        f'{{"format": 1, "primary": 1, "keys": {{"1": {{"secret": "{A_SECRET}", "created": "canary"}}}}}}',
        f'{{"format": 1, "primary": 32768, "keys": {{"32768": {{{A_KEY}}}}}}}',
    ],
)
def test_what_is_no_key_file_is_refused_without_quoting_it(key_file, content):
    key_file.write_text(content)
    with pytest.raises(KeyFileError, match="not a key file") as refused:
        keyring.current()
    assert "canary" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_the_ring_is_read_again_when_the_file_changes(key_file):
    first = keyring.current()
    assert keyring.current() is first
    content = json.loads(key_file.read_text())
    content["keys"]["2"] = {"secret": A_SECRET, "created": "2026-11-01"}
    content["primary"] = 2
    key_file.write_text(json.dumps(content))
    assert keyring.current().kids == (2, 1)
