"""Fan-out: who hears of what, nobody left out for having written it, nothing told twice."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from forum.actions.follow import follow, level_of, unfollow
from forum.models import Event, Follow, Notice, Persona
from forum.models.follow import Level
from forum.notices import fanout
from forum.notices.inbox import Inbox
from moderation.actions.merge import merge
from tests import make


def told() -> set[tuple[str, str]]:
    """Who was told of what since the last call: accounts by name, personas by label."""
    fanout.tell_all()
    found = {
        (notice.account.display_name if notice.account else notice.persona.label, notice.event.happening)
        for notice in Notice.objects.select_related("account", "persona", "event")
    }
    Notice.objects.all().delete()
    return found


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia):
    """Alice's thread, of which all was told."""
    made = make.thread("published", author=alice, anonymous=request.param, by=mia)
    told()
    return made


def author_of(thread) -> str:
    return thread.author_label


@pytest.mark.parametrize("state", ["published", "returned", "declined"])
@pytest.mark.parametrize("anonymous", [False, True])
def test_an_author_hears_of_what_was_decided(alice, mia, state, anonymous):
    thread = make.thread(state, author=alice, anonymous=anonymous, by=mia)
    assert told() == {(author_of(thread), state)}


def test_the_author_of_the_thread_hears_of_replies(thread, mo):
    make.post(thread, author=mo)
    assert told() == {(author_of(thread), "reply")}


def test_whoever_wrote_in_the_thread_hears_of_the_next_reply(thread, mia, mo, vera):
    make.post(thread, author=mo)
    make.post(thread, "perspective", author=vera, anonymous=True, by=mia)
    told()
    make.post(thread, author=mia)
    assert told() == {(author_of(thread), "reply"), ("Mo", "reply"), ("Anonymous colleague 2", "reply")}


def test_a_persona_hears_of_what_others_say_and_of_the_decision_about_its_own(thread, mia, vera):
    make.post(thread, "perspective", author=vera, anonymous=True, by=mia)
    assert told() == {(author_of(thread), "reply"), ("Anonymous colleague 2", "published")}


def test_followers_of_a_thread_hear_of_replies_and_updates(thread, carol, mo):
    follow(thread, by=carol)
    make.post(thread, author=mo)
    assert told() == {(author_of(thread), "reply"), ("Carol", "reply")}
    make.post(thread, "update", by=mo)
    assert told() >= {("Carol", "update"), ("Mo", "update")}
    unfollow(thread, by=carol)
    make.post(thread, author=mo)
    assert told() == {(author_of(thread), "reply")}


@pytest.mark.parametrize(
    ("facet", "slug", "hears"),
    [
        ("jurisdiction", "us-co", True),
        ("jurisdiction", "us", True),
        ("discipline", "professional-counselor", True),
        ("jurisdiction", "us-or", False),
        ("topic", "gifts", False),
    ],
)
@pytest.mark.parametrize("anonymous", [False, True])
def test_followers_of_a_tag_or_its_ancestor_hear_of_a_new_thread(
    tags, carol, alice, mia, facet, slug, hears, anonymous
):
    follow(tags[slug], by=carol)
    thread = make.thread("published", author=alice, anonymous=anonymous, by=mia)
    expected = {(author_of(thread), "published")} | ({("Carol", "thread")} if hears else set())
    assert told() == expected


@pytest.mark.parametrize("anonymous", [False, True])
def test_an_author_who_follows_the_tag_is_told_of_the_own_thread_like_everybody(tags, alice, mia, anonymous):
    """Whoever was not told would be its author."""
    follow(tags["us"], by=alice)
    thread = make.thread("published", author=alice, anonymous=anonymous, by=mia)
    assert told() == {(author_of(thread), "published"), ("Alice", "thread")}


def test_an_anonymous_author_who_follows_the_thread_is_told_under_the_name_too(alice, mia, mo):
    thread = make.thread("published", author=alice, anonymous=True, by=mia)
    follow(thread, by=alice)
    told()
    make.post(thread, author=mo)
    assert told() == {("Anonymous author", "reply"), ("Alice", "reply")}
    make.post(thread, "update", by=mo)
    assert ("Alice", "update") in told()


def test_a_colleague_under_a_persona_who_follows_is_told_of_the_own_reply(alice, mia, vera):
    thread = make.thread("published", author=alice, by=mia)
    follow(thread, by=vera)
    told()
    make.post(thread, "perspective", author=vera, anonymous=True, by=mia)
    assert ("Vera", "reply") in told()


def test_a_muted_persona_hears_like_before_and_a_closed_account_nothing(anonymous_thread, carol, mo):
    follow(anonymous_thread, by=carol)
    told()
    Persona.objects.update(muted=True)
    type(carol).objects.filter(pk=carol.pk).update(is_active=False)
    make.post(anonymous_thread, author=mo)
    assert told() == {("Anonymous author", "reply")}


def test_telling_twice_tells_nothing_twice(thread, carol, mo):
    follow(thread, by=carol)
    make.post(thread, author=mo)
    event = Event.objects.untold().get()
    fanout.tell(event)
    fanout.tell(event)
    assert Notice.objects.count() == 2
    assert fanout.tell_all() == 0


def test_a_reply_is_told_as_soon_as_it_is_kept(thread, mo, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.post(thread, author=mo)
    assert Notice.objects.count() == 1
    assert not Event.objects.untold().exists()


def test_a_fault_while_telling_leaves_reply_and_event_for_the_sweep(
    thread, mo, django_capture_on_commit_callbacks, caplog
):
    def fault(execute, sql, params, many, context):
        if "forum_follow" in sql:
            raise DatabaseError("canary")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fault), django_capture_on_commit_callbacks(execute=True):
        post = make.post(thread, author=mo)
    assert post.state == "published"
    assert not Notice.objects.exists()
    assert Event.objects.untold().count() == 1
    assert "DatabaseError" in caplog.text
    assert "canary" not in caplog.text
    assert told() == {(author_of(thread), "reply")}


def test_more_than_a_request_should_tell_is_left_to_the_sweep(
    thread, mo, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(fanout, "AT_ONCE", 2)
    for _ in range(3):
        follow(thread, by=make.account())
    with django_capture_on_commit_callbacks(execute=True):
        make.post(thread, author=mo)
    assert not Notice.objects.exists()
    assert fanout.tell_all() == 1
    assert Notice.objects.count() == 4


def test_of_a_crowd_that_watches_a_tag_a_request_reads_no_more_than_it_would_tell(
    thread, tags, mo, monkeypatch
):
    monkeypatch.setattr(fanout, "AT_ONCE", 2)
    for _ in range(4):
        Follow.objects.create(account=make.account(), tag=tags["us"], level=Level.WATCH)
    post = make.post(thread, author=mo)
    Notice.objects.all().delete()
    event = Event.objects.filter(post=post).get()
    with CaptureQueriesContext(connection) as asked:
        fanout.tell_soon(event)
    [counted] = [each["sql"] for each in asked if "COUNT(" in each["sql"]]
    assert '"accounts_account"' not in counted
    assert "LIMIT 3" in counted
    assert not Notice.objects.exists()


def test_following_twice_is_following_once(thread, tags, carol, client):
    client.force_login(carol)
    for address in [f"/threads/{thread.public_id}/act/follow/", "/tags/jurisdiction/us/follow/"]:
        for _ in range(2):
            assert client.post(address).status_code == 303
    assert Follow.objects.of(carol).count() == 2
    assert b"You watch this" in client.get(thread.get_absolute_url()).content
    for address in [f"/threads/{thread.public_id}/act/follow/", "/tags/jurisdiction/us/follow/"]:
        client.post(address, {"stop": "1"})
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    ("level", "of_reply", "of_update"),
    [("watch", True, True), ("follow", False, True), ("mute", False, False)],
)
def test_followers_of_a_thread_hear_as_much_as_they_chose(thread, carol, mo, mia, level, of_reply, of_update):
    follow(thread, Level(level), by=carol)
    make.post(thread, author=mo)
    assert (("Carol", "reply") in told()) == of_reply
    make.post(thread, "update", outcomes=["repaired"], by=mia)
    assert (("Carol", "update") in told()) == of_update


@pytest.mark.parametrize(
    ("level", "of_thread", "of_reply"),
    [("watch", True, True), ("follow", True, False), ("mute", False, False)],
)
def test_followers_of_a_tag_hear_as_much_as_they_chose(tags, carol, mia, mo, level, of_thread, of_reply):
    follow(tags["us"], Level(level), by=carol)
    thread = make.thread("published", by=mia)
    assert (("Carol", "thread") in told()) == of_thread
    make.post(thread, author=mo)
    assert (("Carol", "reply") in told()) == of_reply


def test_a_muted_tag_silences_others_but_no_thread_that_is_followed(tags, carol, mia, mo):
    follow(tags["us"], Level.WATCH, by=carol)
    follow(tags["friendship-after-termination"], Level.MUTE, by=carol)
    thread = make.thread("published", by=mia)
    make.post(thread, author=mo)
    assert "Carol" not in {name for name, _ in told()}
    follow(thread, by=carol)
    make.post(thread, author=mo)
    assert ("Carol", "reply") in told()


def test_whoever_wrote_by_name_and_watches_its_tag_is_not_told_of_the_own_reply(thread, tags, mo):
    follow(tags["us"], Level.WATCH, by=mo)
    make.post(thread, author=mo)
    assert ("Mo", "reply") not in told()


def test_the_inbox_of_who_muted_a_thread_shows_decisions_alone(alice, thread, mo, mia):
    """To the personas of the account as well; and all of it again when it is muted no more."""
    make.post(thread, author=mo)
    make.thread("published", author=alice, by=mia)
    fanout.tell_all()
    follow(thread, Level.MUTE, by=alice)
    shown = lambda: {notice.event.happening for notice in Inbox(alice).notices}  # noqa: E731
    assert shown() == {"published"}
    unfollow(thread, by=alice)
    assert shown() == {"published", "reply"}


def test_a_level_is_chosen_on_the_page_and_stays_until_another_is(thread, tags, carol, client):
    client.force_login(carol)
    pages = {f"/threads/{thread.public_id}/act/follow/": "watch", "/tags/jurisdiction/us/follow/": "follow"}
    for address, usual in pages.items():
        found = Follow.objects.exclude(level="mute").filter(account=carol)
        client.post(address)
        assert found.get().level == usual
        client.post(address, {"level": "sideways"})
        assert found.get().level == usual
        client.post(address, {"level": "mute"})
        client.post(address)
        assert not found.exists()
    page = client.get("/my/settings/notices/").content.decode()
    assert page.count("<td>Mute</td>") == 2
    assert thread.title in page


def test_a_muted_thread_mutes_not_the_one_it_is_merged_into(thread, carol, mo, mia):
    duplicate = make.thread("published", author=make.account(), by=mia)
    follow(duplicate, Level.MUTE, by=carol)
    merge(duplicate, thread, by=mo, now=make.NOW)
    assert level_of(thread, by=carol) == ""


def test_what_is_chosen_of_a_thread_counts_for_those_merged_into_it(thread, carol, mo, mia):
    duplicate = make.thread("published", author=make.account(), by=mia)
    follow(duplicate, Level.WATCH, by=carol)
    merge(duplicate, thread, by=mo, now=make.NOW)
    follow(thread, Level.FOLLOW, by=carol)
    Notice.objects.all().delete()
    make.post(thread, author=mo)
    assert ("Carol", "reply") not in told()
