"""Starts the stores a test run asks for with `--stores=sqlite|postgres`, before Django's settings are read.

PostgreSQL and Redis are real servers on free ports of this machine, with data that is thrown away.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

PRODUCTION_ONLY = ("DATABASE_URL", "VAULT_DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "DEBUG")
STARTS_WITHIN = 120.0  # seconds, on a machine that is busy
NEW_CLUSTER = ["-U", "board", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
QUICK = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
QUICK += ["-c", "max_connections=200", "-c", "listen_addresses=127.0.0.1"]
# Else it would count rows while a test has few, and plan for few where the next has ten thousand.
QUICK += ["-c", "autovacuum=off", "-c", "jit=off"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stores",
        choices=["sqlite", "postgres"],
        default=os.environ.get("STORES", "sqlite"),
        help="sqlite: SQLite files and the in-process layer; postgres: real PostgreSQL and Redis.",
    )
    parser.addoption(
        "--break-glass", action="store_true", help="with ANON_BREAK_GLASS=1, as tests/breakglass needs"
    )


@pytest.hookimpl(
    wrapper=True, tryfirst=True
)  # a wrapper, because pytest-django reads the settings in this hook
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # the run that started it has set everything
        keep_apart(worker)
    else:
        prepare(early_config)
    return (yield)


def prepare(config: pytest.Config) -> None:
    """Point the settings at stores of this run only, and undo that when it ends."""
    home = Path(tempfile.mkdtemp(prefix="board-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in PRODUCTION_ONLY:
        os.environ.pop(name, None)
    os.environ["ANON_BREAK_GLASS"] = "1" if config.known_args_namespace.break_glass else "0"
    keep_data_in(home / "var")
    if config.known_args_namespace.stores == "postgres":
        home.chmod(0o711)  # the postgres account passes through to its own directory
        os.environ["DATABASE_URL"] = start_postgres(home / "postgres", config)
        os.environ["VAULT_DATABASE_URL"] = os.environ["DATABASE_URL"].removesuffix("board") + "vault"
        os.environ["REDIS_URL"] = start_redis(home, config)


def keep_apart(worker: str) -> None:
    """Workers running side by side would otherwise share files and hear each other's frames."""
    keep_data_in(Path(os.environ["DATA_DIR"]) / worker)
    if url := os.environ.get("REDIS_URL"):
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = f"{url.rpartition('/')[0]}/{number}"


def keep_data_in(folder: Path) -> None:
    os.environ["DATA_DIR"] = str(folder)
    os.environ["ANON_KEYRING_FILE"] = str(folder / "keys" / "anon-keyring.json")


def start_postgres(home: Path, config: pytest.Config) -> str:
    """A new PostgreSQL cluster with empty databases `board` and `vault`; returns the URL of the first."""
    programs, port = postgres_programs(), free_port()
    home.mkdir(mode=0o700)
    account: dict = {"cwd": "/", "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        postgres = pwd.getpwnam("postgres")
        shutil.chown(home, postgres.pw_uid, postgres.pw_gid)
        account |= {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}
    cluster = ["-D", home / "data"]
    subprocess.run([programs / "initdb", *cluster, *NEW_CLUSTER], check=True, **account)
    place = ["-c", f"port={port}", "-c", "unix_socket_directories="]  # whose path may be too long for one
    with (home.parent / "postgres.log").open("wb") as log:
        server = subprocess.Popen([programs / "postgres", *cluster, *QUICK, *place], stderr=log, **account)
    config.add_cleanup(lambda: stop(server, signal.SIGQUIT))
    wait_for(port, server)
    for name in ("board", "vault"):
        retry([programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "board", name])
    return f"postgres://board@127.0.0.1:{port}/board"


def start_redis(home: Path, config: pytest.Config) -> str:
    """An empty Redis that keeps nothing; returns its URL."""
    program = shutil.which("redis-server") or missing("redis-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL, cwd=home,
    )  # fmt: skip
    config.add_cleanup(lambda: stop(server))
    wait_for(port, server)
    return f"redis://127.0.0.1:{port}/0"


def postgres_programs() -> Path:
    """The directory of initdb; Debian keeps it off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return installed[-1].parent if installed else missing("postgresql")


def missing(package: str) -> Path:
    raise pytest.UsageError(f"These tests need {package}; install it with: sh scripts/install_servers.sh")


def ports() -> Iterator[int]:
    """Of this worker alone, below those that the system gives to connections as it likes."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    return count(20_000 + worker % 12 * 1000 + secrets.randbelow(500))


_ports = ports()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and that nobody else is given meanwhile."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(port: int, server: subprocess.Popen) -> None:
    """Return when `server` accepts connections; RuntimeError when it ends or stays silent instead."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args} did not answer on port {port} within {STARTS_WITHIN:.0f} s.")


def retry(command: list) -> None:
    """Run `command` until it succeeds: a server that accepts connections may still be starting up."""
    deadline = time.monotonic() + STARTS_WITHIN
    while subprocess.run(command, capture_output=True, check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{command} kept failing.")
        time.sleep(0.05)


def stop(server: subprocess.Popen, how: signal.Signals = signal.SIGTERM) -> None:
    server.send_signal(how)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
