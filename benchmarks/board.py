"""Builds the board to be measured, once per data directory, and says what to ask it: a line of JSON.

    DATA_DIR=… python -m benchmarks.board --posts 10000

The posts are a tenth as many threads'. Who is signed in is an ordinary member with an inbox, follows and
anonymous threads of their own.
"""

import argparse
import json
import math
import os
import sys
import uuid
from pathlib import Path
from random import Random

import django

POSTS_IN_THREAD = 10
QUERY = "confidentiality"
MEMBER = "measured@synthetic.invalid"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=10_000)
    posts = parser.parse_args().posts
    django.setup()
    sys.stdout, answer = sys.stderr, sys.stdout  # what commands say is no part of the answer
    build(posts)
    print(
        json.dumps({"pages": pages(), "cookies": {"visitor": "", "member": cookie()}} | costs()), file=answer
    )


def build(posts: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from forum.models import Post

    call_command("migrate", verbosity=0)
    call_command("migrate", database="vault", verbosity=0)
    if not Path(settings.ANON_KEYRING_FILE).exists():
        call_command("anon_keygen")
    call_command("collectstatic", interactive=False, verbosity=0)
    missing = posts - Post.objects.count()
    if missing > 0:
        threads = missing // POSTS_IN_THREAD
        call_command("generate", threads=threads, posts=missing, users=max(50, int(math.sqrt(missing)) * 2))


def pages() -> dict[str, str]:
    """The addresses to measure."""
    from forum.models import Tag, Thread
    from forum.paging import PAGE
    from forum.synthetic.load import LONG, SHORT

    def busiest(facet: str, **where) -> str:
        return Tag.objects.of(facet).filter(**where).order_by("-thread_count")[0].slug

    threads = Thread.objects.listed().order_by("-hour", "-id")
    before = (threads.count() // PAGE - 1) * PAGE
    last = threads[before - 1]
    cursor = f"{int(last.hour.timestamp() // 3600)}-{last.id.hex}"
    country = busiest("jurisdiction", parent=None, children__isnull=False)
    chosen = f"discipline={busiest('discipline')}&jurisdiction={country}"
    short, long = (Thread.objects.filter(last_position=size)[0] for size in (SHORT, LONG))
    return {
        "home": "/",
        f"page {before // PAGE + 1:,}": f"/?after={cursor}",
        "filtered": f"/?{chosen}",
        "thread of 10": short.get_absolute_url(),
        "thread of 500": long.get_absolute_url(),
        "search": f"/search/?q={QUERY}",
    }


def cookie() -> str:
    """The Cookie header of a member who has used the board for a while."""
    from django.test import Client

    client = Client()
    client.force_login(_member())
    client.get("/accounts/password/change/", headers={"host": _host()})
    return "; ".join(f"{morsel.key}={morsel.value}" for morsel in client.cookies.values())


def _member():
    from accounts.models import Account
    from anonymity import vault
    from forum.models import Event, Follow, Happening, Notice, Post, Tag
    from forum.notices.inbox import Inbox

    member, is_new = Account.objects.get_or_create(
        email=MEMBER, defaults={"display_name": "Measured", "is_demo": True}
    )
    if is_new:
        Follow.objects.bulk_create(Follow(account=member, tag=tag) for tag in Tag.objects.all()[:20])
        for number, post in enumerate(Post.objects.order_by("id")[:60]):
            event = Event.objects.create(happening=Happening.REPLY, post=post, hour=post.hour, told=True)
            notice = Notice.objects.create(event=event, account=member)
            if number < 50:
                Inbox(member).mark_read([notice.pk])
        rng = Random(1)
        for _ in range(3):
            vault.attach(member, uuid.UUID(int=rng.getrandbits(128), version=4))
    return member


def costs() -> dict:
    """How many queries each page takes, of both databases, once the caches are warm."""
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found: dict[str, dict[str, int]] = {}
    for viewer in ("visitor", "member"):
        client = Client(headers={"host": _host()})
        if viewer == "member":
            client.force_login(_member())
        found[viewer] = {}
        for name, address in pages().items():
            assert client.get(address).status_code == 200, address
            with (
                CaptureQueriesContext(connections["default"]) as main,
                CaptureQueriesContext(connections["vault"]) as vault,
            ):
                client.get(address)
            found[viewer][name] = len(main) + len(vault)
    return {"queries": found}


def _host() -> str:
    from django.conf import settings

    return settings.SITE_HOST


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    main()
