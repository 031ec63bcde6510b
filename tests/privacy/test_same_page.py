"""T-SAME: no shared page differs for the author of an anonymous post and any other member."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from forum.models import Persona
from forum.notices import fanout
from moderation.actions.claim import claim
from moderation.insight.tables import TABLES
from tests import make
from tests.pages import masked

pytestmark = pytest.mark.embedded

SHARED = [
    "/",
    "/?sort=active",
    "/?sort=unanswered",
    "/?jurisdiction=us&discipline=professional-counselor",
    "/?outcome=any",
    "/tags/",
    "/tags/jurisdiction/us/",
    "/search/?q=climbing",
    "/search/?q=dinner&jurisdiction=us",
    "/feeds/threads.atom",
    "/tags/jurisdiction/us/feed.atom",
    "/ask/sent/",
    "/anonymity/",
]
# What a page may hold of whoever looks at it: the badge, the place in the inbox, the name in the menu.
OWN = [
    (re.compile(rb'(id="inbox-badge">)\d*'), rb"\1"),
    (re.compile(rb'(data-cursor=")\d*'), rb"\1"),
]


def seen_by(account: Account, address: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as `account` gets them, without what is the account's own."""
    client = Client()
    client.force_login(account)
    response = client.get(address)
    name = account.display_name.encode()
    if address.startswith("/moderation/insight/"):  # where every moderator is a row, whoever looks
        name = b'nav-label">' + name
    body = masked(response).replace(name, b"(me)")
    for pattern, kept in OWN:
        body = pattern.sub(kept, body)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return response.status_code, headers, body


def assert_same(address: str, *accounts: Account) -> None:
    first, *others = (seen_by(account, address) for account in accounts)
    for other in others:
        assert first == other, address


@pytest.fixture
def people(tags) -> tuple[Account, ...]:
    profile = {"disciplines": ["psychologist"], "jurisdictions": ["us-or"], "is_verified": True}
    return tuple(make.account(name, **profile) for name in ("Xanthe", "Yorick", "Zelda"))


def reply_to(thread, author: Account, mo: Account, colleague: Account) -> None:
    make.post(thread, author=mo, aspects=["ethical"])
    make.post(thread, "clarification", by=mo)
    make.post(thread, "perspective", author=colleague, anonymous=True, by=mo)
    make.post(thread, "perspective", author=author, anonymous=True, by=mo, body=make.REPLY * 2)
    make.post(thread, "update", outcomes=["repaired"], by=mo)
    make.post(thread, "update", state="pending")
    fanout.tell_all()


@pytest.mark.parametrize("replied", [False, True], ids=["before replies", "after replies"])
def test_no_shared_page_differs_for_the_author(people, mo, replied):
    author, colleague, reader = people
    thread = make.thread("published", author=author, anonymous=True, by=mo)
    if replied:
        reply_to(thread, author, mo, colleague)
    own = thread.get_absolute_url()
    for address in [*SHARED, own, f"/threads/{thread.public_id}/since/0/", f"/threads/{thread.public_id}/"]:
        assert_same(address, author, colleague, reader)


@pytest.mark.parametrize("state", ["pending", "returned", "declined", "withdrawn", "hidden", "closed"])
def test_not_even_what_others_may_not_see_differs_for_the_author(people, mo, state):
    author, *others = people
    thread = make.thread(state, author=author, anonymous=True, by=mo)
    for address in [*SHARED, thread.get_absolute_url(), f"/threads/{thread.public_id}/since/0/"]:
        assert_same(address, author, *others)


@pytest.mark.parametrize("replied", [False, True], ids=["before replies", "after replies"])
def test_no_page_of_the_desk_differs_for_a_moderator_who_asked(mo, replied):
    author, colleague = make.moderator("Xanthe"), make.moderator("Yorick")
    thread = make.thread("published" if replied else "pending", author=author, anonymous=True, by=mo)
    if replied:
        make.post(thread, author=mo)
        item = make.item(make.post(thread, "update", state="pending"))
    else:
        item = make.item(thread)
    addresses = [*SHARED, thread.get_absolute_url(), "/moderation/queue/", item.get_absolute_url()]
    addresses += ["/moderation/insight/", *(f"/moderation/insight/{table}.csv" for table in TABLES)]
    for address in addresses:
        assert_same(address, author, colleague)
    claim(item, by=mo, now=timezone.now())
    for address in addresses:
        assert_same(address, author, colleague)
    make.decide_on(item.post, "published", by=mo, now=timezone.now())
    for address in addresses:
        assert_same(address, author, colleague)


def test_a_moderator_who_asked_and_a_colleague_may_do_the_same(mia, mo, client):
    for moderator in (mia, mo):
        item = make.item(make.thread(author=mia, anonymous=True))
        client.force_login(moderator)
        assert client.post(f"{item.get_absolute_url()}claim/").status_code == 303
        assert client.post(f"{item.get_absolute_url()}publish/", {"version": 1}).status_code == 303


@pytest.mark.parametrize("named", [False, True])
def test_a_signed_out_visitor_reads_the_same_thread_whoever_looked_before(people, mo, client, named):
    author, *_ = people
    thread = make.thread("published", author=author, anonymous=not named, by=mo)
    first = client.get(thread.get_absolute_url()).content
    seen_by(author, thread.get_absolute_url())
    assert client.get(thread.get_absolute_url()).content == first
    assert (b"Xanthe" in first) == named


def test_no_parameter_of_an_address_sorts_or_filters_by_whose_a_thread_is(people, mo, client):
    """T-ORACLE."""
    author, *_ = people
    make.thread("published", author=author, anonymous=True, by=mo)
    plain = client.get("/").content
    listed = re.findall(rb'href="(/threads/[^"]+)"', plain)
    assert listed
    for name in ["author", "persona", "by", "member", "author__id", "sort", "order", "is_op"]:
        for value in [str(author.pk), author.email, author.display_name, str(Persona.objects.get().pk)]:
            page = client.get("/", {name: value}).content
            assert re.findall(rb'href="(/threads/[^"]+)"', page) == listed
