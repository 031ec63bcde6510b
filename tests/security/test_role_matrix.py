"""Who gets what answer at every address: the whole table of addresses against the whole cast.

302> is a redirect to sign-in, 404 what an unknown address answers. An address that is not in the table fails.
"""

import re
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from forum.notices import fanout
from tests import make
from tests.pages import masked

# address: reader, member, author, verified, moderator, administrator
GET = {
    "/": "200 200 200 200 200 200",
    "/threads/{thread}/": "301 301 301 301 301 301",
    "/threads/{thread}/{slug}/": "200 200 200 200 200 200",
    "/threads/{thread}/since/0/": "200 200 200 200 200 200",
    "/threads/{pending}/": "404 404 404 404 301 404",
    "/threads/{pending}/{slug}/": "404 404 404 404 200 404",
    "/threads/{thread}/act/consult/": "302> 404 404 404 405 404",
    "/threads/{thread}/act/perspective/": "302> 404 404 405 404 404",
    "/threads/{thread}/act/follow/": "302> 405 405 405 405 405",
    "/ask/": "302> 200 200 200 200 200",
    "/ask/preview/": "302> 405 405 405 405 405",
    "/ask/similar/": "302> 405 405 405 405 405",
    "/ask/sent/": "302> 200 200 200 200 200",
    "/search/": "200 200 200 200 200 200",
    "/search/?q=gym": "200 200 200 200 200 200",
    "/tags/": "200 200 200 200 200 200",
    "/tags/jurisdiction/us/": "200 200 200 200 200 200",
    "/tags/discipline/us/": "404 404 404 404 404 404",
    "/tags/jurisdiction/us/follow/": "302> 405 405 405 405 405",
    "/tags/jurisdiction/us/feed.atom": "200 200 200 200 200 200",
    "/feeds/threads.atom": "200 200 200 200 200 200",
    "/inbox/": "302> 200 200 200 200 200",
    "/inbox/read/": "302> 405 405 405 405 405",
    "/inbox/since/0/": "302> 200 200 200 200 200",
    "/inbox/{notice}/": "302> 404 302 404 404 404",
    "/my/threads/": "302> 200 200 200 200 200",
    "/my/threads/{thread}/": "302> 404 200 404 404 404",
    "/my/threads/{thread}/withdraw/": "302> 405 405 405 405 405",
    "/my/anonymous/": "302> 200 200 200 200 200",
    "/my/anonymous/0123456789abcdef0123456789abcdef/": "302> 404 404 404 404 404",
    "/my/anonymous/0123456789abcdef0123456789abcdef/withdraw/": "302> 405 405 405 405 405",
    "/my/settings/profile/": "302> 200 200 200 200 200",
    "/moderation/": "302> 404 404 404 302 404",
    "/moderation/queue/": "302> 404 404 404 200 404",
    "/moderation/items/{item}/": "302> 404 404 404 200 404",
    "/moderation/items/{item}/claim/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/release/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/publish/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/return/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/decline/": "302> 404 404 404 405 404",
    "/healthz": "200 200 200 200 200 200",
    "/readyz": "200 200 200 200 200 200",
}
CAST = [None, "carol", "alice", "vera", "mo", "admin"]


@pytest.fixture
def places(published_thread, pending_anonymous_thread, alice) -> dict[str, str]:
    fanout.tell_all()  # a test's transaction never commits, so nothing was told
    return {
        "thread": published_thread.public_id,
        "pending": pending_anonymous_thread.public_id,
        "slug": published_thread.slug,
        "item": str(make.item(pending_anonymous_thread).pk),
        "notice": str(alice.notices.get().pk),
    }


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("address", GET)
def test_who_gets_what_at_every_address(client, request, places, address, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.get(address.format(**places))
    answer = str(response.status_code)
    if answer == "302" and response.headers["Location"].startswith("/accounts/login/"):
        answer = "302>"
    assert answer == GET[address].split()[CAST.index(who)]


def addresses(patterns, prefix: str = ""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield "/" + prefix + str(pattern.pattern)


def test_every_address_of_ours_is_in_the_table():
    ours = {
        address for address in addresses(get_resolver().url_patterns) if not address.startswith("/accounts/")
    }
    unknown = {
        address
        for address in ours
        if not any(re.fullmatch(as_pattern(address), known.split("?")[0]) for known in GET)
    }
    assert not unknown


def as_pattern(address: str) -> str:
    return re.sub(r"<[^>]+>", "[^/]+", address.replace(".", r"\."))


POSTS = {
    "/threads/{thread}/act/consult/": "302> 404 404 404 422 404",
    "/threads/{thread}/act/perspective/": "302> 404 404 422 404 404",
    "/moderation/items/{item}/claim/": "302> 404 404 404 303 404",
    "/moderation/items/{item}/publish/": "302> 404 404 404 422 404",
    "/my/threads/{thread}/withdraw/": "302> 404 303 404 404 404",
    "/my/threads/{thread}/": "302> 404 404 404 404 404",
}


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("address", POSTS)
def test_who_may_do_what(client, request, places, address, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.post(address.format(**places))
    answer = "302>" if response.status_code == 401 else str(response.status_code)
    assert answer == POSTS[address].split()[CAST.index(who)]


@pytest.mark.parametrize("address", ["/threads/{}/", "/my/threads/{}/"])
def test_a_thread_of_others_answers_as_one_that_never_was(client, pending_anonymous_thread, bob, address):
    """Not even its author meets a pending anonymous thread at a shared address (T-SAME)."""
    client.force_login(bob)
    there = client.get(address.format(pending_anonymous_thread.public_id))
    nowhere = client.get(address.format("23456789abcd"))
    assert there.status_code == nowhere.status_code == 404
    assert masked(there) == masked(nowhere)


def test_an_item_of_the_queue_answers_members_as_one_that_never_was(client, pending_item, carol):
    client.force_login(carol)
    there = client.get(f"/moderation/items/{pending_item.pk}/")
    nowhere = client.get(f"/moderation/items/{uuid.uuid4()}/")
    assert there.status_code == nowhere.status_code == 404
    assert masked(there) == masked(nowhere)
