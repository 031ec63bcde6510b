"""Running the script in one world, from an empty installation, and gathering the evidence."""

import os
import shutil
from contextlib import ExitStack

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from anonymity import vault
from tests.forum.live.tabs import soon
from tests.privacy.two_worlds.crawl import crawl
from tests.privacy.two_worlds.evidence import Evidence
from tests.privacy.two_worlds.script import Script
from tests.privacy.two_worlds.sockets import sockets_of
from tests.privacy.two_worlds.world import Watch

KEYS = settings.DATA_DIR / f"two-worlds-{os.getpid()}"  # a key file for each world, made by its own dice


async def evidence_of(asker: str, replier: str = "dave", *, until: str = "") -> Evidence:
    """What is left of the script in the world where these two write anonymously.

    `until`: only of what comes before the step of that name, and without the crawl.
    """
    await soon(begin_anew)()
    evidence = Evidence(Script(asker, replier))
    chance = evidence.world.chance
    with ExitStack() as stack:
        stack.enter_context(chance.rules())
        stack.enter_context(override_settings(ANON_KEYRING_FILE=KEYS / "anon-keyring.json"))
        vault.make_key_file()
        stack.enter_context(evidence.watching())
        async with sockets_of(evidence) as sockets:
            steps = evidence.world.script()
            while (step := await soon(next)(steps, None)) and step != until:
                await sockets.note_frames()
                if isinstance(step, Watch):
                    await sockets.watch(step.public_id)
                else:
                    chance.begin(step)
            await sockets.note_frames()
        chance.begin("what is left")
        await soon(evidence.gather)()
        if not until:
            await soon(crawl)(evidence)
    return evidence


def begin_anew() -> None:
    """Empty stores, and a process that remembers nothing."""
    for alias in connections:
        call_command("flush", database=alias, interactive=False, reset_sequences=True, verbosity=0)
    if connections["default"].vendor == "sqlite":  # whose index remembers how often it was written to
        with connections["default"].cursor() as cursor:
            cursor.execute("INSERT INTO forum_searchindex(forum_searchindex) VALUES ('delete-all')")
    for cache in caches.all():
        cache.clear()
    ContentType.objects.clear_cache()
    shutil.rmtree(KEYS, ignore_errors=True)
    settings.AUDIT_HEADS_FILE.unlink(missing_ok=True)
    mail.outbox.clear()
