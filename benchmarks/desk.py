"""Gives a board that `manage.py generate` made the desk's rows, and measures the pages that count them.

    DATA_DIR=… python -m benchmarks.desk --waiting 10000

Every synthetic text that had to be reviewed gets its item and decision; the latest wait instead.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import django

ROUNDS = 7
AT_ONCE = 5000
MODERATOR = "desk@synthetic.invalid"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("addresses", nargs="*", default=list(addresses()))
    chosen = parser.parse_args()
    django.setup()
    from django.conf import settings

    settings.SECOND_FACTOR_FOR_MODERATORS = False
    fill(chosen.waiting)
    print("| page | queries | of the databases, ms | in all, ms |\n|---|--:|--:|--:|")
    for address in chosen.addresses:
        print(f"| `{address}` | {' | '.join(measured(address))} |")


def addresses() -> Iterator[str]:
    from datetime import UTC, datetime

    today = datetime.now(UTC).date()
    yield "/moderation/insight/"
    yield f"/moderation/insight/?first={today - timedelta(days=730)}&last={today}&by=month"
    yield "/moderation/insight/reviews.csv"
    yield "/moderation/queue/"
    yield "/moderation/queue/?jurisdiction=us"
    yield "/moderation/queue/?jurisdiction=gb&discipline=psychologist"


def fill(waiting: int) -> None:
    from accounts.models import Account
    from forum.models import Kind, Post
    from forum.synthetic.load import refresh_statistics
    from moderation.models import Decision, QueueItem, Verdict

    if QueueItem.objects.exists():
        return
    moderators = list(Account.objects.filter(is_moderator=True)) or [moderator()]
    posts = Post.objects.exclude(kind=Kind.CONSULTATION).order_by("-hour")
    rows = posts.values_list("pk", "thread_id", "kind", "hour")
    rng, items, decisions = Random(1), [], []
    for number, (pk, thread, kind, hour) in enumerate(rows.iterator()):
        taken, decided = (int(rng.expovariate(1 / mean)) for mean in (5, 9))
        item = QueueItem(post_id=pk, thread_id=thread, kind=kind, hour=hour, urgent=rng.random() < 0.05)
        items.append(item)
        if number % 2 and number < 2 * waiting:
            item.taken_up_after = taken if rng.random() < 0.2 else None
            continue
        item.hour, item.decided = hour - timedelta(hours=max(taken, decided)), True
        item.taken_up_after = taken
        verdict = rng.choices(Verdict.values, [90, 7, 3])[0]
        decision = Decision(item=item, verdict=verdict, version=1, by=rng.choice(moderators), hour=hour)
        decisions.append(decision)
    QueueItem.objects.bulk_create(items, batch_size=AT_ONCE)
    Decision.objects.bulk_create(decisions, batch_size=AT_ONCE)
    refresh_statistics()
    print(f"{len(items):,} items, {waiting:,} of them waiting\n")


def moderator():
    from accounts.models import Account

    made, _ = Account.objects.get_or_create(
        email=MODERATOR, defaults={"display_name": "Desk", "is_moderator": True, "is_demo": True}
    )
    return made


def measured(address: str) -> tuple[str, ...]:
    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": settings.SITE_HOST})
    client.force_login(moderator())
    client.get(address)
    asked, in_all = [], []
    for _ in range(ROUNDS):
        with (
            CaptureQueriesContext(connections["default"]) as main,
            CaptureQueriesContext(connections["vault"]) as vault,
        ):
            started = time.perf_counter()
            assert client.get(address).status_code == 200, address
            in_all.append(time.perf_counter() - started)
        queries = [*main.captured_queries, *vault.captured_queries]
        asked.append(sum(float(query["time"]) for query in queries))
    return str(len(queries)), *(f"{statistics.median(each) * 1000:.0f}" for each in (asked, in_all))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    main()
