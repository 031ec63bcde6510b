"""Removing the demonstration: its threads with all posts in them, its people, and what both led to.

Three things stay. Rows of the vault, which point at nothing any more and go with the next rotation of its
keys. Audit events, because that record only grows: a moderator of the demonstration whom it names, or who
wrote in somebody's own thread, stays as a locked account without a name. And threads that visitors opened
anonymously under a demo log-in: only the vault knows of these, and it tells nobody whose they are.
"""

from django.db import transaction
from django.db.models import Q

from accounts.actions.leave import close
from accounts.models import Account
from forum import demo, search
from forum.models import Persona, Post, Thread
from forum.tagging import unlist_under_tags

BATCH = 500
GONE = "Former demonstration account"


@transaction.atomic
def remove() -> int:
    """Take the demonstration away; how many threads."""
    accounts = Account.objects.filter(is_demo=True)
    threads = list(Thread.objects.filter(Q(is_demo=True) | Q(author__in=accounts)))
    for thread in threads:
        unlist_under_tags(thread)
        search.forget(thread)
    for start in range(0, len(threads), BATCH):
        batch = [thread.pk for thread in threads[start : start + BATCH]]
        Post.objects.filter(thread__in=batch).delete()
        Persona.objects.filter(thread__in=batch).delete()
        Thread.objects.filter(pk__in=batch).delete()
    for account in accounts:
        account.display_name = GONE
        close(account)
    transaction.on_commit(demo.forget)
    return len(threads)
