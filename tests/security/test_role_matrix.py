"""Who gets what answer at every address: the whole table of addresses against the whole cast.

302> is a redirect to sign-in, 404 what an unknown address answers. An address that is not in the table fails.
"""

import re
import uuid

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from forum.notices import fanout
from moderation.actions.duty import go_away
from moderation.actions.note import note
from moderation.actions.redact import ask_to_redact
from moderation.actions.sanction import sanction
from tests import make
from tests.pages import masked

pytestmark = pytest.mark.embedded

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
    "/posts/{named}/flag/": "302> 200 200 200 200 200",
    "/posts/{anonymous}/flag/": "302> 404 404 404 404 404",  # not public: not even for moderators
    "/posts/flagged/": "302> 200 200 200 200 200",
    "/ask/": "302> 200 200 200 200 200",
    "/anonymity/": "200 200 200 200 200 200",
    "/transparency/": "200 200 200 200 200 200",
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
    "/my/anonymous/0123456789abcdef0123456789abcdef/": "302> 200 200 200 200 200",  # asks who it is
    "/my/anonymous/0123456789abcdef0123456789abcdef/withdraw/": "302> 405 405 405 405 405",
    "/my/anonymous/export/": "302> 405 405 405 405 405",
    "/my/export/": "302> 200 200 200 200 200",
    "/my/delete/": "302> 200 200 200 200 200",
    "/my/delete/done/": "200 302 302 302 302 302",
    "/return/": "200 200 200 200 200 200",
    "/return/withdraw/": "405 405 405 405 405 405",
    "/my/settings/": "302 302 302 302 302 302",
    "/my/settings/profile/": "302> 200 200 200 200 200",
    "/my/settings/verification/": "302> 200 200 200 200 200",
    "/my/settings/notices/": "302> 200 200 200 200 200",
    "/my/settings/digest/": "302> 200 200 200 200 200",
    "/my/settings/digest/preview/": "302> 200 200 200 200 200",
    "/digest/unsubscribe/of-nobody/": "200 200 200 200 200 200",
    "/my/settings/verification/{verification}/take-back/": "302> 405 405 405 405 405",
    "/moderation/members/": "302> 404 404 404 200 200",
    "/moderation/members/{member}/": "302> 404 404 404 200 200",
    "/moderation/members/{member}/notes/": "302> 404 404 404 405 405",
    "/moderation/members/{member}/notes/{note}/remove/": "302> 404 404 404 405 405",
    "/moderation/members/{member}/appoint/": "302> 404 404 404 404 405",
    "/moderation/members/{member}/dismiss/": "302> 404 404 404 404 405",
    "/moderation/members/{member}/sanction/": "302> 404 404 404 405 404",
    "/moderation/sanctions/{sanction}/agree/": "302> 404 404 404 405 404",
    "/moderation/sanctions/{sanction}/refuse/": "302> 404 404 404 405 404",
    "/moderation/sanctions/{sanction}/lift/": "302> 404 404 404 405 404",
    "/my/sanctions/": "302> 200 200 200 200 200",
    "/my/sanctions/{warning}/appeal/": "302> 405 405 405 405 405",
    "/moderation/verifications/": "302> 404 404 404 200 200",
    "/moderation/verifications/{verification}/": "302> 404 404 404 200 200",
    "/moderation/verifications/{verification}/take/": "302> 404 404 404 405 405",
    "/moderation/verifications/{verification}/put-back/": "302> 404 404 404 405 405",
    "/moderation/verifications/{verification}/check/": "302> 404 404 404 405 405",
    "/moderation/verifications/{verification}/again/": "302> 404 404 404 405 405",
    "/moderation/": "302> 404 404 404 302 404",
    "/moderation/queue/": "302> 404 404 404 200 404",
    "/moderation/log/": "302> 404 404 404 200 200",
    "/moderation/duty/": "302> 404 404 404 200 404",
    "/moderation/duty/away/": "302> 404 404 404 405 404",
    "/moderation/duty/away/{absence}/remove/": "302> 404 404 404 405 404",
    "/moderation/insight/": "302> 404 404 404 200 200",
    "/moderation/insight/backlog.csv": "302> 404 404 404 200 200",
    "/moderation/insight/load.csv": "302> 404 404 404 200 200",
    "/moderation/insight/nothing.csv": "302> 404 404 404 404 404",
    "/moderation/insight/failures/{failure}/run/": "302> 404 404 404 404 405",
    "/moderation/insight/failures/{failure}/dismiss/": "302> 404 404 404 404 405",
    "/moderation/items/{item}/": "302> 404 404 404 200 404",
    "/moderation/items/{edit}/": "302> 404 404 404 200 404",
    "/moderation/items/{item}/claim/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/release/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/step-back/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/hand-over/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/publish/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/agree-no-more/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/propose/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/return/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/decline/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/undo/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/hold/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/uphold/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/dismiss/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/stand/": "302> 404 404 404 405 404",
    "/moderation/items/{item}/grant/": "302> 404 404 404 405 404",
    "/moderation/posts/{anonymous}/show/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/": "302> 404 404 404 200 404",
    "/moderation/threads/{pending}/": "302> 404 404 404 200 404",
    "/moderation/threads/{thread}/close/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/reopen/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/hide/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/unhide/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/merge/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/unmerge/": "302> 404 404 404 405 404",
    "/moderation/threads/{thread}/redact/": "302> 404 404 404 200 404",
    "/moderation/redactions/": "302> 404 404 404 200 404",
    "/moderation/redactions/{redaction}/agree/": "302> 404 404 404 405 404",
    "/moderation/redactions/{redaction}/refuse/": "302> 404 404 404 405 404",
    "/moderation/posts/{anonymous}/author/": "302> 404 404 404 200 404",
    "/moderation/posts/{named}/author/": "302> 404 404 404 404 404",
    "/moderation/posts/{anonymous}/author/mute/": "302> 404 404 404 405 404",
    "/moderation/posts/{anonymous}/author/unmute/": "302> 404 404 404 405 404",
    "/moderation/posts/{anonymous}/author/pause/": "302> 404 404 404 405 404",
    "/moderation/posts/{anonymous}/author/lift/": "302> 404 404 404 405 404",
    "/healthz": "200 200 200 200 200 200",
    "/readyz": "200 200 200 200 200 200",
}
CAST = [None, "carol", "alice", "vera", "mo", "admin"]


@pytest.fixture
def places(published_thread, pending_anonymous_thread, alice, mia) -> dict[str, str]:
    fanout.tell_all()  # a test's transaction never commits, so nothing was told
    redaction = ask_to_redact(
        published_thread, "climbing", make.REASON, hidden=False, by=make.moderator(), now=make.NOW
    )
    days = {"first": make.NOW.date(), "last": make.NOW.date()}
    return {
        "absence": str(go_away(**days, cover=None, pass_on=False, by=mia, now=make.NOW).pk),
        "member": str(alice.pk),
        "sanction": str(sanction(alice, "suspension", make.REASON, hours=24, by=mia, now=make.NOW).pk),
        "warning": str(sanction(alice, "warning", make.REASON, by=mia, now=make.NOW).pk),
        "verification": str(make.asked_verification(alice).pk),
        "note": str(note(alice, "Prefers to be written to by mail.", by=mia, now=make.NOW).pk),
        "thread": published_thread.public_id,
        "pending": pending_anonymous_thread.public_id,
        "slug": published_thread.slug,
        "item": str(make.item(pending_anonymous_thread).pk),
        "edit": str(make.edit(make.question(published_thread), body=make.BODY * 2).pk),
        "notice": str(alice.notices.get(event__happening="published").pk),
        "anonymous": str(make.question(pending_anonymous_thread).pk),
        "named": str(make.question(published_thread).pk),
        "redaction": str(redaction.pk),
        "failure": str(make.job_failure().pk),
    }


@pytest.mark.parametrize("who", CAST)
def test_who_gets_what_at_every_address(client, request, places, who):
    """One board for the whole column: a GET changes nothing that another address shows."""
    if who:
        client.force_login(request.getfixturevalue(who))
    answers = {address: answered(client.get(address.format(**places))) for address in GET}
    assert answers == column(GET, who)


def answered(response) -> str:
    to_sign_in = response.headers.get("Location", "").startswith("/accounts/login/")
    return "302>" if to_sign_in or response.status_code == 401 else str(response.status_code)


def column(table: dict[str, str], who: str | None) -> dict[str, str]:
    return {address: row.split()[CAST.index(who)] for address, row in table.items()}


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
    "/my/settings/verification/": "302> 422 422 422 422 422",
    "/my/settings/notices/": "302> 422 422 422 422 422",
    "/my/settings/digest/": "302> 422 422 422 422 422",
    "/digest/unsubscribe/of-nobody/": "400 400 400 400 400 400",
    "/my/settings/verification/{verification}/take-back/": "302> 404 303 404 404 404",
    "/moderation/members/{member}/notes/": "302> 404 404 404 422 422",
    "/moderation/members/{member}/notes/{note}/remove/": "302> 404 404 404 403 403",  # a colleague's
    "/moderation/members/{member}/appoint/": "302> 404 404 404 404 422",
    "/moderation/members/{member}/dismiss/": "302> 404 404 404 404 422",
    "/moderation/members/{member}/sanction/": "302> 404 404 404 422 404",
    "/moderation/sanctions/{sanction}/agree/": "302> 404 404 404 303 404",
    "/moderation/sanctions/{sanction}/refuse/": "302> 404 404 404 303 404",
    "/moderation/sanctions/{sanction}/lift/": "302> 404 404 404 409 404",  # in force for nobody so far
    "/my/sanctions/{warning}/appeal/": "302> 404 422 404 404 404",
    "/my/sanctions/{sanction}/appeal/": "302> 404 404 404 404 404",  # nobody has agreed to it
    "/moderation/verifications/{verification}/take/": "302> 404 404 404 303 303",
    "/moderation/verifications/{verification}/put-back/": "302> 404 404 404 303 303",
    "/moderation/verifications/{verification}/check/": "302> 404 404 404 422 422",
    "/moderation/verifications/{verification}/again/": "302> 404 404 404 303 303",
    "/moderation/duty/": "302> 404 404 404 422 404",
    "/moderation/duty/away/": "302> 404 404 404 422 404",
    "/moderation/duty/away/{absence}/remove/": "302> 404 404 404 404 404",  # a colleague's
    "/moderation/insight/failures/{failure}/run/": "302> 404 404 404 404 303",
    "/moderation/insight/failures/{failure}/dismiss/": "302> 404 404 404 404 303",
    "/moderation/items/{item}/claim/": "302> 404 404 404 303 404",
    "/moderation/items/{item}/step-back/": "302> 404 404 404 303 404",
    "/moderation/items/{item}/hand-over/": "302> 404 404 404 409 404",  # nobody holds it
    "/moderation/items/{item}/publish/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/agree-no-more/": "302> 404 404 404 403 404",  # who has not agreed
    "/moderation/items/{item}/propose/": "302> 404 404 404 409 404",
    "/moderation/items/{edit}/publish/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/undo/": "302> 404 404 404 409 404",  # nobody decided
    "/moderation/items/{item}/hold/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/uphold/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/dismiss/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/stand/": "302> 404 404 404 409 404",
    "/moderation/items/{item}/grant/": "302> 404 404 404 409 404",
    "/moderation/posts/{anonymous}/show/": "302> 404 404 404 409 404",  # it is not hidden
    "/posts/{named}/flag/": "302> 422 422 422 422 422",
    "/posts/{anonymous}/flag/": "302> 404 404 404 404 404",
    "/moderation/threads/{thread}/close/": "302> 404 404 404 422 404",
    "/moderation/threads/{thread}/reopen/": "302> 404 404 404 409 404",
    "/moderation/threads/{thread}/hide/": "302> 404 404 404 422 404",
    "/moderation/threads/{thread}/unhide/": "302> 404 404 404 409 404",
    "/moderation/threads/{thread}/merge/": "302> 404 404 404 422 404",
    "/moderation/threads/{thread}/unmerge/": "302> 404 404 404 409 404",
    "/moderation/threads/{thread}/redact/": "302> 404 404 404 422 404",
    "/moderation/redactions/{redaction}/agree/": "302> 404 404 404 303 404",
    "/moderation/redactions/{redaction}/refuse/": "302> 404 404 404 303 404",
    "/moderation/posts/{anonymous}/author/mute/": "302> 404 404 404 303 404",
    "/moderation/posts/{anonymous}/author/unmute/": "302> 404 404 404 303 404",
    "/moderation/posts/{anonymous}/author/pause/": "302> 404 404 404 422 404",
    "/moderation/posts/{anonymous}/author/lift/": "302> 404 404 404 303 404",
    "/moderation/posts/{named}/author/lift/": "302> 404 404 404 404 404",
    "/my/threads/{thread}/withdraw/": "302> 404 303 404 404 404",
    "/my/threads/{thread}/": "302> 404 404 404 404 404",
    "/my/anonymous/0123456789abcdef0123456789abcdef/": "302> 403 403 403 403 403",
    "/my/anonymous/0123456789abcdef0123456789abcdef/withdraw/": "302> 403 403 403 403 403",
    "/my/anonymous/export/": "302> 403 403 403 403 403",
    "/my/export/": "302> 422 422 422 422 422",
    "/my/delete/": "302> 422 422 422 422 422",
    "/return/": "422 422 422 422 422 422",
    "/return/withdraw/": "422 422 422 422 422 422",
}


@pytest.mark.parametrize("who", CAST)
def test_who_may_do_what(client, request, places, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    answers = {}
    for address in POSTS:
        with transaction.atomic():  # each deed meets the same board
            answers[address] = answered(client.post(address.format(**places)))
            transaction.set_rollback(True)
    assert answers == column(POSTS, who)


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
