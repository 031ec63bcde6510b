"""System checks: an installation hears what is wrong with its key file before anybody posts."""

import subprocess
import uuid
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, connection, connections

from anonymity import checks, keyring, vault
from anonymity.models import Link

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def faults() -> list[str]:
    return [str(fault.id) for fault in run_checks(tags=["anonymity"])]


def moved(settings, folder: Path) -> Path:
    """A key file of its own in `folder`."""
    settings.ANON_KEYRING_FILE = folder / "anon-keyring.json"
    keyring.create(settings.ANON_KEYRING_FILE)
    return settings.ANON_KEYRING_FILE


def test_a_good_key_file_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize("debug", [True, False])
def test_a_missing_key_file_is_an_error_that_names_the_command(settings, key_file, debug):
    settings.DEBUG = debug
    key_file.unlink()
    [fault] = run_checks(tags=["anonymity"])
    assert fault.id == "anonymity.E001"
    assert "manage.py anon_keygen" in fault.msg
    assert fault.is_serious()


def test_a_key_file_that_others_may_read_is_an_error(key_file):
    key_file.chmod(0o640)
    assert faults() == ["anonymity.E001"]


def test_a_damaged_key_file_is_an_error(key_file):
    key_file.write_text("{}")
    assert faults() == ["anonymity.E001"]


@pytest.mark.parametrize("name", ["MEDIA_ROOT", "STATIC_ROOT"])
def test_a_key_file_among_public_files_is_an_error(settings, tmp_path, name):
    setattr(settings, name, tmp_path / "public")
    moved(settings, tmp_path / "public" / "deep")
    assert "anonymity.E002" in faults()


def test_a_key_file_among_static_sources_is_an_error(settings, tmp_path):
    (tmp_path / "static").mkdir()
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    moved(settings, tmp_path / "static")
    assert "anonymity.E002" in faults()


def test_a_key_file_that_git_would_commit_is_an_error_in_production(settings, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path / "tree"], check=True)
    moved(settings, tmp_path / "tree" / "var")
    settings.DEBUG = False
    assert faults() == ["anonymity.E002"]
    settings.DEBUG = True
    assert faults() == []


def test_a_key_file_that_git_ignores_is_no_error(settings, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path / "tree"], check=True)
    (tmp_path / "tree" / ".gitignore").write_text("var/\n")
    moved(settings, tmp_path / "tree" / "var")
    settings.DEBUG = False
    assert faults() == []


def test_the_key_file_of_other_data_is_an_error(somebody, key_file):
    assert faults() == []
    vault.attach(somebody, uuid.uuid4())
    assert faults() == []
    key_file.unlink()
    keyring.create(key_file)
    assert faults() == ["anonymity.E003"]


def test_a_row_whose_key_the_file_lacks_is_an_error(somebody):
    vault.attach(somebody, uuid.uuid4())
    Link.objects.update(kid=9)
    assert faults() == ["anonymity.E004"]


def test_a_vault_without_tables_is_not_asked(monkeypatch):
    """`migrate --database vault` runs the checks before it makes the tables."""
    monkeypatch.setattr(checks.keycheck, "VAULT", connection.alias)
    assert faults() == []


def test_a_vault_that_does_not_answer_is_no_error():
    """The site starts without it; anonymous posting answers 503 meanwhile."""

    def down(*_):
        raise OperationalError("canary")

    with connections["vault"].execute_wrapper(down):
        [fault] = run_checks(tags=["anonymity"])
    assert (fault.id, fault.is_serious()) == ("anonymity.W005", False)
    assert "canary" not in fault.msg
