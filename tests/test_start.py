"""Whoever starts the board with a key file out of order gets a sentence, and no server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anonymity import keyring
from tests.servers import PRODUCTION_ONLY, free_port, stop, wait_for

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).resolve().parents[1]
USE_THE_VAULT = """
import os, uuid, django
django.setup()
from django.core.management import call_command
from anonymity import vault
call_command("anon_keygen", verbosity=0)
call_command("migrate", database="vault", verbosity=0)
vault.attach(type("Somebody", (), {"anon_ref": os.urandom(16)}), uuid.uuid4())
"""
SERVERS = {
    "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0", "config.asgi:application"],
    "gunicorn": ["-m", "gunicorn", "config.wsgi", "--no-control-socket", "-b", "127.0.0.1:{port}"],
    "worker": ["manage.py", "run_huey", "--quiet"],
    "make run": ["scripts/run.py"],
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> dict[str, str]:
    """The environment of a board whose vault was used, and whose umask is a lax one."""
    home = tmp_path_factory.mktemp("board") / "var"
    ours = {name: value for name, value in os.environ.items() if name not in PRODUCTION_ONLY}
    ours |= {"DATA_DIR": str(home), "ANON_KEYRING_FILE": str(home / "keys/anon-keyring.json")}
    ours |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PORT": str(free_port())}
    subprocess.run([sys.executable, "-c", USE_THE_VAULT], cwd=ROOT, env=ours, check=True, umask=0o022)
    return ours


def started(name: str, environment: dict[str, str]) -> subprocess.Popen:
    arguments = [each.format(port=environment["PORT"]) for each in SERVERS[name]]
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )


def refusal(name: str, environment: dict[str, str]) -> str:
    server = started(name, environment)
    try:
        _, said = server.communicate(timeout=300)
    finally:
        stop(server)
    assert server.returncode > 0, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("name", SERVERS)
def test_nothing_starts_with_the_key_file_of_other_data(installation, tmp_path, name):
    keyring.create(tmp_path / "anon-keyring.json")
    elsewhere = installation | {"ANON_KEYRING_FILE": str(tmp_path / "anon-keyring.json")}
    assert "The key file belongs to other data" in refusal(name, elsewhere)


def test_a_lost_key_file_is_asked_for_and_not_made_anew(installation, tmp_path):
    lost = installation | {"ANON_KEYRING_FILE": str(tmp_path / "anon-keyring.json")}
    assert refusal("make run", lost).startswith("There is no key file at")
    assert not (tmp_path / "anon-keyring.json").exists()


def test_a_vault_that_is_down_stops_no_start(installation, tmp_path):
    (tmp_path / "vault.sqlite3").write_text("This is no database.")
    without = installation | {"VAULT_DATABASE_URL": f"sqlite:///{tmp_path / 'vault.sqlite3'}"}
    server = started("daphne", without)
    try:
        wait_for(int(without["PORT"]), server)
    finally:
        stop(server)
        server.stderr.close()


def test_files_are_nobody_elses_whatever_the_umask(installation):
    files = [Path(installation["DATA_DIR"]), *Path(installation["DATA_DIR"]).rglob("*")]
    assert {"vault.sqlite3", "jobs.sqlite3", "anon-keyring.json"} <= {file.name for file in files}
    assert not [file for file in files if file.stat().st_mode & 0o077]


@pytest.mark.parametrize("unit", sorted(ROOT.glob("deploy/*.service")), ids=lambda unit: unit.stem)
def test_services_write_for_themselves_only_and_leave_no_core_behind(unit):
    """A core file holds the keys and whatever was being read."""
    assert {"UMask=0077", "LimitCORE=0", "NoNewPrivileges=yes"} <= set(unit.read_text().splitlines())
