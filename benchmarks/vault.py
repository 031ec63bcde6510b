"""Measures the vault's acts at 20,000 personas of 2,000 accounts, and prints a Markdown table.

    python benchmarks/vault.py
    VAULT_DATABASE_URL=postgres://… python benchmarks/vault.py      # an empty database

Without a URL it makes a SQLite vault that is thrown away. The key is always its own.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime.now(UTC)
ROUNDS = 500


@dataclass(frozen=True)
class Author:
    anon_ref: bytes = field(default_factory=lambda: os.urandom(16))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--personas", type=int, default=20_000)
    options.add_argument("--accounts", type=int, default=2_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="vault-") as home:
        prepare(home)
        table(measured(chosen.personas, chosen.accounts), chosen.personas)


def prepare(home: str) -> None:
    os.environ.update(DATA_DIR=home, ANON_KEYRING_FILE=f"{home}/keys/keyring.json", DEBUG="1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.DEBUG = False  # it would keep every query
    call_command("anon_keygen", verbosity=0)
    call_command("migrate", database="vault", verbosity=0)


def measured(personas: int, accounts: int) -> Iterable[tuple[str, str, float]]:
    """What, the target in words, and the seconds it took."""
    from anonymity import vault

    authors = [Author() for _ in range(accounts)]
    threads: dict[uuid.UUID, uuid.UUID] = {}
    author_of = {}

    def attach(author: Author) -> None:
        thread = uuid.uuid4()
        persona = vault.attach(author, thread)
        threads[persona], author_of[persona] = thread, author

    yield "floor: one row inserted and committed", "", median(lambda _: insert(), range(ROUNDS))
    print(f"Linking {personas} personas …", file=sys.stderr)
    for _ in range(personas - ROUNDS):
        attach(random.choice(authors))
    yield "`attach`, a new persona", "2 ms", median(attach, random.choices(authors, k=ROUNDS))
    some = random.choices(list(threads), k=ROUNDS)
    yield (
        "`attach`, `persona_for`, a known one",
        "",
        median(lambda persona: vault.attach(author_of[persona], threads[persona]), some),
    )
    yield "`owns`", "", median(lambda persona: vault.owns(author_of[persona], persona), some)
    yield "finding whom to tell, without the query", "0.05 ms", median(*resolving())
    listed = random.choices(authors, k=ROUNDS)
    yield "`personas_of`", "3 ms", median(vault.personas_of, listed)
    yield "`take_slot`", "", median(lambda author: vault.take_slot(author, "reply", NOW), listed)
    yield "`suspend`", "", median(lambda persona: vault.suspend(persona, NOW.date(), NOW), some)
    vault.forget_slots(NOW)
    yield "`rotate`", "5000 ms", median(lambda _: vault.rotate(threads, now=NOW), range(3))
    yield "`verify`", "", median(lambda _: vault.verify(), range(3))


def insert() -> None:
    from django.db import connections, transaction

    row = [uuid.uuid4().bytes, "2000-01-01"]
    with transaction.atomic(using="vault"), connections["vault"].cursor() as cursor:
        cursor.execute("INSERT INTO vault_rate (bucket, day) VALUES (%s, %s)", row)


def resolving() -> tuple[Callable[[bytes], Any], list[bytes]]:
    """Opening a seal and naming the group of whoever it holds, by a key of no vault."""
    from anonymity.sealing import Key, KeyRing  # noqa: TID251

    row, ring = os.urandom(16), KeyRing(1, {1: os.urandom(32)})

    def resolve(seal: bytes) -> list[bytes]:
        ref, _ = ring.unseal(seal, kid=1, table="vault_link", row=row)
        return ring.tags(Key.BUS, ref)

    return resolve, [ring.seal(os.urandom(16), table="vault_link", row=row) for _ in range(ROUNDS)]


def median(deed: Callable[[Any], Any], arguments: Iterable[Any]) -> float:
    taken = []
    for argument in arguments:
        began = time.perf_counter()
        deed(argument)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def table(results: Iterable[tuple[str, str, float]], personas: int) -> None:
    from django.db import connections

    print(f"| act, at {personas} personas on {connections['vault'].vendor} | median | target |")
    print("|---|---|---|")
    for what, target, seconds in results:
        print(f"| {what} | {seconds * 1000:.3g} ms | {'< ' + target if target else ''} |", flush=True)


if __name__ == "__main__":
    main()
