"""Fills the database with synthetic threads, in batches that each leave it consistent."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import connection, transaction
from django.db.models import F

from anonymity.hour import hour_of
from forum.models import Tag, Thread
from forum.synthetic.people import add_people, all_people
from forum.synthetic.threads import Rows, ThreadMaker

POSTS_AT_ONCE = 2000
ROWS_AT_ONCE = 1000  # PostgreSQL takes 65,535 values in one statement
SHORT, LONG = 10, 500  # posts of the two threads that measurements look at
LONGEST_TAIL = 40  # the busiest other threads have so many times the replies of the quietest


@dataclass
class Made:
    threads: int = 0
    posts: int = 0
    users: int = 0
    short: str = ""  # public_id of a thread of SHORT posts, and of LONG posts
    long: str = ""


def generate(
    *,
    threads: int,
    posts: int,
    users: int,
    seed: int,
    now: datetime,
    progress: Callable[[Made], None] = lambda made: None,
) -> Made:
    """Add so many published threads, posts and accounts. The same `seed` on the same board adds the same.

    Anonymous posts have personas of which the vault knows nothing: nobody owns them.
    """
    rng = Random(f"{seed} after {Thread.objects.count()}")
    add_people(users, rng)
    maker = ThreadMaker(all_people(), rng, hour_of(now))
    made = Made(users=users)
    for size in sizes(threads, posts, rng):
        thread = maker.make(size)
        made.threads += 1
        made.posts += size
        made.short = made.short or (thread.public_id if size == SHORT else "")
        made.long = made.long or (thread.public_id if size == LONG else "")
        if len(maker.rows.posts) >= POSTS_AT_ONCE:
            _keep(maker)
            progress(made)
    _keep(maker)
    refresh_statistics()
    return made


def sizes(threads: int, posts: int, rng: Random) -> Iterator[int]:
    """How many posts each thread has: most a few, some very many, `posts` in all."""
    fixed = [SHORT, LONG] if threads > 2 and posts - threads >= SHORT + LONG - 2 else []
    weights = [min(rng.paretovariate(1.2), LONGEST_TAIL) for _ in range(threads - len(fixed))]
    replies = posts - sum(fixed) - len(weights)
    share = replies / sum(weights) if weights else 0
    counts = [int(weight * share) for weight in weights]
    left_over = Counter(rng.choices(range(len(counts)), k=replies - sum(counts))) if counts else Counter()
    yield from fixed
    for index, count in enumerate(counts):
        yield 1 + count + left_over[index]


@transaction.atomic
def _keep(maker: ThreadMaker) -> None:
    rows, maker.rows = maker.rows, Rows()
    for batch in rows.by_model():
        if batch:
            type(batch[0])._default_manager.bulk_create(batch, batch_size=ROWS_AT_ONCE)
    listed = Counter(row.tag_id for row in rows.tags)
    for tag, count in sorted(listed.items()):
        Tag.objects.filter(pk=tag).update(thread_count=F("thread_count") + count)


def refresh_statistics() -> None:
    """Tell the database how its tables have grown, without which it chooses indexes for small ones."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")
