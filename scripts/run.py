"""Runs the board on this machine: prepares its data, then keeps web server and worker up until Ctrl-C."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DAPHNE = ["--access-log", "/dev/null", "-v", "0", "--websocket_timeout", "3600"]
DAPHNE += ["--websocket-max-message-size", "8192", "--websocket-max-frame-size", "8192"]


def main() -> None:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    port = chosen_port()
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a background shell ignores the first
        signal.signal(stop, signal.default_int_handler)
    children: dict[str, subprocess.Popen] = {}
    try:
        demo = prepare()
        children["web server"] = start(
            "-m", "daphne", "-b", HOST, "-p", str(port), *DAPHNE, "config.asgi:application"
        )
        children["background worker"] = start("manage.py", "run_huey", "--quiet")
        if answers(port, children):
            greet(demo)
        died = first_to_die(children)
        problem = f"The {died} ended with code {children[died].returncode}; the rest was stopped too."
    except KeyboardInterrupt:
        problem = None
    finally:
        stop_all(children)
    sys.exit(problem)


def chosen_port() -> int:
    """PORT, free to listen on. Exits with a sentence otherwise."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {given!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(given)))
        except PermissionError:
            sys.exit(f"Port {given} needs more rights than you have; choose another with: make run PORT=8001")
        except OSError:
            sys.exit(f"Port {given} is in use; choose another with: make run PORT={int(given) % 65535 + 1}")
    return int(given)


def prepare() -> str:
    """Key file, tables and reference data as this version needs them; returns the demo log-ins, if any.

    All in one process and nothing twice, so that a second start is quick.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from config.start import refuse_faults
    from moderation import audit_check, audit_key

    # Never a new key for an old vault: its own is missing then, and is asked for below.
    if not (settings.ANON_KEYRING_FILE.exists() or has_tables("vault")):
        call_command("anon_keygen", verbosity=0)
    elif not (settings.AUDIT_KEY_FILE.exists() or audit_check.has_begun()):
        audit_key.create()  # older boards had none
    refuse_faults()
    for alias in settings.DATABASES:
        if lacks_migrations(alias):
            call_command("migrate", database=alias, verbosity=0, interactive=False)
    call_command("load_reference", stdout=io.StringIO())
    return demo_logins() if settings.DEBUG else ""  # known passwords are for the embedded installation only


def has_tables(alias: str) -> bool:
    from django.db import connections

    return bool(connections[alias].introspection.table_names())


def lacks_migrations(alias: str) -> bool:
    from django.db import connections, router
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    newest = [node for node in executor.loader.graph.leaf_nodes() if router.allow_migrate(alias, node[0])]
    return bool(executor.migration_plan(newest))


def demo_logins() -> str:
    """Load the invented threads on the very first start; tell who can log in while they are there."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from forum import demo

    accounts = get_user_model().objects
    if not accounts.exists():
        print("Loading the demo threads (once) ...", flush=True)
        call_command("load_demo", stdout=io.StringIO())
    there = set(accounts.filter(email__in=demo.LOGINS.values()).values_list("email", flat=True))
    lines = [f"  {role:<15}{email}" for role, email in demo.LOGINS.items() if email in there]
    return "\n".join([f"Demo log-ins, each with the password {demo.PASSWORD}", *lines]) if lines else ""


def start(*arguments: str) -> subprocess.Popen:
    """A child in a session of its own: Ctrl-C reaches this process alone, which then stops its children."""
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True, stdin=subprocess.DEVNULL)


def answers(port: int, children: dict[str, subprocess.Popen]) -> bool:
    """Wait until the web server accepts connections; False when a child ends before that."""
    while all(child.poll() is None for child in children.values()):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        time.sleep(0.05)
    return False


def greet(demo: str) -> None:
    said = [f"Sounding Board is at {os.environ['SITE_URL']}", demo, "Ctrl-C stops it."]
    print("", *filter(None, said), sep="\n\n", flush=True)


def first_to_die(children: dict[str, subprocess.Popen]) -> str:
    """Sleep until a child ends; returns its name."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                return name
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)


def stop_all(children: dict[str, subprocess.Popen]) -> None:
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    main()
