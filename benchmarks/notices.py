"""Tells more and more followers of a reply, mails them, and prints a Markdown table.

    python benchmarks/notices.py
    python benchmarks/notices.py --followers 10,1000,50000 --mailed 2000

Each follower watches the tag of one thread, in which somebody replies. *Request*: what telling adds to the
request that posts the reply. *Worker*: writing everybody's notice, without the sockets. Of the followers, the
first `--mailed` want mail of replies; the mail server is a process of its own.
"""

import argparse
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ["followers", "request, ms", "worker, s", "notices/s", "mails", "s", "mails/s"]
ROUNDS = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--followers", default="10,1000,10000,50000")
    options.add_argument("--mailed", type=int, default=1000)
    chosen = options.parse_args()
    sys.path.insert(0, str(ROOT))
    from benchmarks.digests import prepare
    from benchmarks.sink import serve

    with tempfile.TemporaryDirectory(prefix="notices-") as home:
        received = Path(home) / "received"
        prepare(home, serve(received), threads=10)
        reply, tag = reply_and_tag()
        print("| " + " | ".join(HEADINGS) + " |\n|" + "--:|" * len(HEADINGS))
        for followers in map(int, chosen.followers.split(",")):
            follow(tag, followers, mailed=chosen.mailed)
            received.write_text("")
            request, worker = told(reply)
            began = time.perf_counter()
            mail_all()
            mailing = time.perf_counter() - began
            mails = len(received.read_text().split())
            row = [f"{followers:,}", f"{request * 1000:.1f}", f"{worker:.2f}", f"{followers / worker:,.0f}"]
            print("| " + " | ".join([*row, f"{mails:,}", f"{mailing:.1f}", f"{mails / mailing:.0f}"]) + " |")


def reply_and_tag():
    """Some reply, and a tag of its thread."""
    from forum.models import Post, Tag

    reply = Post.objects.published().exclude(kind="question").first()
    assert reply
    tags = Tag.objects.filter(thread_tags__content_object=reply.thread, thread_tags__inherited=False)
    return reply, tags.first()


def follow(tag, count: int, *, mailed: int) -> None:
    """As many followers as were asked for, and no others."""
    from accounts.models import Account
    from benchmarks.digests import readers
    from forum.actions.notice_settings import give_everybody_settings
    from forum.models import Follow, NoticeSettings

    for made in readers(count):
        Follow.objects.bulk_create(Follow(account=account, tag=tag) for account in made)
    give_everybody_settings()
    wanting = Account.objects.filter(email__endswith="@reader.invalid").order_by("pk")[:mailed]
    NoticeSettings.objects.exclude(account__in=list(wanting)).update(mail=[])


def told(reply) -> tuple[float, float]:
    """Seconds, at best of several: in the request, and in the worker."""
    from django.utils import timezone

    from anonymity.hour import hour_of
    from forum.models import Event, Happening, Notice
    from forum.notices import fanout

    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        Notice.objects.all().delete()
        event = Event.objects.create(happening=Happening.REPLY, post=reply, hour=hour_of(timezone.now()))
        for place, tell in enumerate((lambda event=event: fanout.tell_soon(event), fanout.tell_all)):
            began = time.perf_counter()
            tell()
            best[place] = min(best[place], time.perf_counter() - began)
    return best[0], best[1]


def mail_all() -> None:
    """A round of its own for each row of the table: what was mailed before is of other half-hours."""
    from django.utils import timezone

    from forum.models import MailRound
    from forum.notices.mail import open_round, send_round

    MailRound.objects.all().delete()
    now = timezone.now() + timedelta(minutes=30)
    open_round(now)
    send_round(lambda: now)


if __name__ == "__main__":
    main()
