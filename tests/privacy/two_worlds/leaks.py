"""Planted leaks: faults that a hurried change could bring in, each of which the gate has to notice.

Each remembers who asked as `forum.views.ask` hears it, and then lets something of it out.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest import mock
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import mail
from django.core.cache import cache

from accounts.models import Account
from forum.live.consumers import LiveConsumer
from forum.models import Happening, Thread
from forum.notices import fanout
from forum.views import ask as ask_view
from forum.views import thread as thread_view

Told = Callable[[Account], None]
Leak = Callable[[], AbstractContextManager[None]]


@contextmanager
def asking(tell: Told = lambda account: None) -> Iterator[dict[UUID, Account]]:
    """Who asked which thread anonymously; and do `tell` whenever somebody does."""
    who: dict[UUID, Account] = {}
    asks = ask_view.ask_as_persona  # another leak's, where there is one already

    def remembering(draft, *, account: Account, now) -> Thread:
        who[draft.id] = account
        tell(account)
        return asks(draft, account=account, now=now)

    with mock.patch.object(ask_view, "ask_as_persona", remembering):
        yield who


@contextmanager
def the_page_holds_the_authors_number() -> Iterator[None]:
    """`data-author` on the thread's page: nothing that a browser shows."""
    page = thread_view._page

    def page_with_number(request, found, **forms):
        response = page(request, found, **forms)
        if author := who.get(found.pk):
            response.content += f'<i data-author="{author.pk}"></i>'.encode()
        return response

    with asking() as who, mock.patch.object(thread_view, "_page", page_with_number):
        yield


@contextmanager
def the_session_is_saved() -> Iterator[None]:
    """As `messages.success` would: a flash that waits in the session of whoever asked."""
    process_response = SessionMiddleware.process_response

    def saving(middleware, request, response):
        if request.path == "/ask/" and request.POST.get("identity") == "anonymous":
            request.session["flash"] = "Your question was sent."
        return process_response(middleware, request, response)

    with mock.patch.object(SessionMiddleware, "process_response", saving):
        yield


@contextmanager
def the_account_was_last_seen() -> Iterator[None]:
    """A column of the account that changes with each visit."""
    with asking(lambda account: Account.objects.filter(pk=account.pk).update(credential="seen")):
        yield


@contextmanager
def the_author_is_not_told_of_the_new_thread() -> Iterator[None]:
    """The followers of a tag hear of a new thread, but for whoever wrote it."""
    concerned = fanout.accounts_concerned

    def others(event):
        accounts = concerned(event)
        author = who.get(event.post.thread_id)
        return accounts.exclude(pk=author.pk) if author and event.happening == Happening.THREAD else accounts

    with asking() as who, mock.patch.object(fanout, "accounts_concerned", others):
        yield


@contextmanager
def the_authors_socket_is_left_out() -> Iterator[None]:
    """A watched thread's frame goes to every socket but the author's."""
    live_frame = LiveConsumer.live_frame

    async def but_for_the_author(consumer, event):
        if event["frame"]["t"] != "p" or consumer.scope["user"] not in who.values():
            await live_frame(consumer, event)

    with asking() as who, mock.patch.object(LiveConsumer, "live_frame", but_for_the_author):
        yield


@contextmanager
def the_log_names_the_author() -> Iterator[None]:
    with asking(lambda account: logging.getLogger("forum.ask").warning("%s asked anonymously", account)):
        yield


@contextmanager
def the_cache_counts_by_account() -> Iterator[None]:
    with asking(lambda account: cache.set(f"asked:{account.pk}", 1)):
        yield


@contextmanager
def a_moderator_gets_a_mail() -> Iterator[None]:
    def tell(account: Account) -> None:
        mail.send_mail("A new question", f"It came from {account.pk}.", None, ["mo@example.org"])

    with asking(tell):
        yield


@contextmanager
def a_file_is_named_after_the_author() -> Iterator[None]:
    with asking(lambda account: (settings.DATA_DIR / f"{account.pk}.txt").write_text("asked")):
        yield


# Until where the script is played: the steps of these names are not.
ASKED = "all look round while it waits"
ANSWERED = "it is followed"

# By the step until which they are waited for: each leak with the channel and the part of its place that has
# to show it. No two share a place, and none shows in that of another, so all of a step are planted at once.
LEAKS: dict[str, dict[Leak, tuple[str, str]]] = {
    ASKED: {
        the_session_is_saved: ("rows of default", "django_session"),
        the_account_was_last_seen: ("rows of default", "accounts_account"),
        the_log_names_the_author: ("log", "somebody asks anonymously"),
        the_cache_counts_by_account: ("cache default", "asked:"),
        a_moderator_gets_a_mail: ("mail", "mo@example.org"),
        a_file_is_named_after_the_author: ("files written", "somebody asks anonymously"),
    },
    ANSWERED: {
        the_page_holds_the_authors_number: ("pages", "GET /threads/"),
        the_author_is_not_told_of_the_new_thread: ("rows of default", "forum_notice"),
        the_authors_socket_is_left_out: ("frames", ""),
    },
}
