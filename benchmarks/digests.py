"""Sends digests to more and more members through a mail server on this machine, and prints a Markdown table.

    python benchmarks/digests.py
    python benchmarks/digests.py --members 1000,10000,100000
    python benchmarks/digests.py --members 10000 --kills 20
    python benchmarks/digests.py --workers 2

The board has 4,000 threads of one week; each member follows five tags and wants titles. The mail server is
a process of its own that writes down whom a mail is for. All workers share one core: while one waits for
the mail server's answer, another one works. With `--kills` the worker is killed so often at random moments,
and the table says what everybody got.
"""

import argparse
import io
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DUE = START + timedelta(days=7)
THREADS, TAGS = 4_000, 5
LOOKED_AT_EVERY = 500  # times that a sweep asks for the time, at its memory
HEADINGS = ["members", "s", "of them CPU", "digests/s", "memory grew, MB", "uncertain", "twice", "none"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", default="1000,10000")
    options.add_argument("--kills", type=int, default=0)
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    sys.path.insert(0, str(ROOT))
    from benchmarks.sink import serve

    with tempfile.TemporaryDirectory(prefix="digests-") as home:
        received = Path(home) / "received"
        prepare(home, serve(received))
        print("| " + " | ".join(HEADINGS) + " |\n|" + "--:|" * len(HEADINGS))
        for members in map(int, chosen.members.split(",")):
            people(members)
            received.write_text("")
            began, cpu = time.perf_counter(), cpu_of_children()
            swept = killed(chosen.kills) if chosen.kills else forked(sweep, workers=chosen.workers)
            taken, cpu = time.perf_counter() - began, cpu_of_children() - cpu
            got = Counter(Counter(received.read_text().split()).values())
            twice = sum(count for mails, count in got.items() if mails > 1)
            none = members - sum(got.values())
            row = [
                f"{members:,}",
                f"{taken:.1f}",
                f"{cpu:.1f}",
                f"{members / taken:.0f}",
                f"{swept.grew:.0f}",
            ]
            print("| " + " | ".join([*row, str(swept.uncertain), str(twice), str(none)]) + " |", flush=True)


class Swept(NamedTuple):
    uncertain: int
    grew: float  # MB that the largest process took above what it began with, but for mapped files


def cpu_of_children() -> float:
    """In seconds, also what the system spent for them."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def prepare(home: str, port: int, threads: int = THREADS) -> None:
    os.environ.update(DATA_DIR=home, ANON_KEYRING_FILE=f"{home}/keys/keyring.json", DEBUG="1")
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.DEBUG = False
    call_command("anon_keygen", verbosity=0)
    for database in ("default", "vault"):
        call_command("migrate", database=database, verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("generate", threads=threads, posts=threads * 2, users=100, stdout=io.StringIO())
    spread()


def spread() -> None:
    """The threads over the week that the digests are about."""
    from forum.models import Thread, ThreadTag

    for place, pk in enumerate(Thread.objects.values_list("pk", flat=True)):
        hour = START + timedelta(hours=place % 150)
        Thread.objects.filter(pk=pk).update(hour=hour, active_hour=hour)
        ThreadTag.objects.filter(content_object=pk, listed_hour__isnull=False).update(listed_hour=hour)


def readers(count: int) -> Iterator[list]:
    """As many members as were asked for, and no others, as they are made: a thousand at a time."""
    from allauth.account.models import EmailAddress

    from accounts.models import Account

    Account.objects.filter(email__endswith="@reader.invalid").delete()
    for start in range(0, count, 1000):
        numbers = range(start, min(start + 1000, count))
        made = Account.objects.bulk_create(
            Account(email=f"{number}@reader.invalid", display_name=f"Reader {number}") for number in numbers
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(user=account, email=account.email, primary=True, verified=True) for account in made
        )
        yield made


def people(count: int) -> None:
    """Members who follow a few tags, with a digest that is due."""
    from forum.actions.digest import digest_of
    from forum.models import Digest, Follow, Tag

    tags = list(Tag.objects.all())
    for made in readers(count):
        Follow.objects.bulk_create(
            Follow(account=account, tag=tag) for account in made for tag in random.sample(tags, TAGS)
        )
        digests = [digest_of(account, now=START) for account in made]
        for digest in digests:
            digest.every, digest.zone, digest.shows = "week", "UTC", "titles"
            digest.due = digest.try_at = DUE
        Digest.objects.bulk_create(digests)


def sweep(shift: timedelta = timedelta()) -> Swept:
    from benchmarks.memory import kilobytes
    from forum.digests.send import send_due

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    asked, taken = count(), [kilobytes("RssAnon")]

    def clock() -> datetime:
        if next(asked) % LOOKED_AT_EVERY == 0:
            taken.append(kilobytes("RssAnon"))
        return DUE + shift

    uncertain = send_due(clock)["uncertain"]
    return Swept(uncertain, (max(taken) - taken[0]) / 1024)


def forked(deed, *args, workers: int = 1) -> Swept:
    """Do it in a process of its own, or in several at once."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    answers = context.Queue()
    processes = [context.Process(target=lambda: answers.put(deed(*args))) for _ in range(workers)]
    for process in processes:
        process.start()
    got = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return Swept(sum(each.uncertain for each in got), max(each.grew for each in got))


def killed(times: int) -> Swept:
    """Kill so many sweeps, each at a random moment of its work, then let one end."""
    from django.db import connections

    from forum.digests.send import LEASE
    from forum.models import Digest

    for turn in range(times):
        connections.close_all()
        process = get_context("fork").Process(target=sweep, args=(turn * LEASE,))
        process.start()
        time.sleep(random.uniform(0.3, 1.5))
        process.kill()
        process.join()
    last = forked(sweep, times * LEASE)
    return last._replace(uncertain=Digest.objects.filter(last="uncertain").count())


if __name__ == "__main__":
    main()
