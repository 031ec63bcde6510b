"""Merging: the duplicate is closed and unlisted, no post moves, followers go on, and it can be undone."""

import pytest
from django.test import Client

from accounts.access import NotAllowed
from forum import search
from forum.actions.follow import follow, level_of, unfollow
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.listing import Selection, list_threads
from forum.models import Follow, Notice, Post, Thread
from forum.models.follow import Level
from forum.notices import fanout
from moderation.actions.decide import publish
from moderation.actions.merge import CannotMerge, merge, unmerge
from moderation.actions.threads import close, hide, reopen, unhide
from moderation.actions.undo import undo
from moderation.models import AuditEvent
from tests import make
from tests.forum import recount


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def duplicate(request, alice, mia, mo, now) -> Thread:
    made = make.thread(
        "published", author=alice, anonymous=request.param, by=mia, title="The second", now=now
    )
    make.post(made, author=mo, now=now, aspects=["legal"])
    return Thread.objects.get(pk=made.pk)


@pytest.fixture
def kept(bob, mia, now) -> Thread:
    return make.thread("published", author=bob, by=mia, title="The first one", now=now)


def again(thread: Thread) -> Thread:
    return Thread.objects.get(pk=thread.pk)


def told() -> set[tuple[str, str]]:
    Notice.objects.all().delete()
    fanout.tell_all()
    return {
        (notice.account.display_name if notice.account else notice.persona.label, notice.event.happening)
        for notice in Notice.objects.select_related("account", "persona", "event")
    }


def listed() -> set[str]:
    return {thread.title for thread in list_threads(Selection()).items}


def test_lists_and_search_show_the_kept_one_and_no_post_moves(duplicate, kept, mia, now):
    posts = set(Post.objects.values_list("pk", "thread", "state", "position", "persona"))
    merge(duplicate, kept, by=mia, now=now)
    recount.check()
    assert listed() == {"The first one"}
    assert not search.find("second", Thread.objects.listed()).hits
    assert set(Post.objects.values_list("pk", "thread", "state", "position", "persona")) == posts
    event = AuditEvent.objects.last()
    assert (event.kind, event.by, event.about) == ("thread.merged", mia, str(duplicate))


def test_its_page_says_so_and_the_kept_one_names_it(client, duplicate, kept, mia, now):
    pages = [client.get(each.get_absolute_url()) for each in (duplicate, kept)]  # kept for visitors
    merge(duplicate, kept, by=mia, now=now)
    pages = [client.get(each.get_absolute_url()).content.decode() for each in (duplicate, kept)]
    assert f'Merged into <a href="{kept.get_absolute_url()}">The first one</a>' in pages[0]
    assert make.REPLY in pages[0]
    assert f'<a href="{duplicate.get_absolute_url()}">The second</a>' in pages[1]
    hide(kept, make.REASON, by=mia, now=now)
    assert "The first one" not in client.get(duplicate.get_absolute_url()).content.decode()


def test_whoever_wrote_in_it_or_follows_it_is_told_and_followers_hear_of_the_kept_one(
    duplicate, kept, carol, mia, mo, now
):
    follow(duplicate, by=carol)
    told()
    merge(duplicate, kept, by=mia, now=now)
    author = duplicate.author_label if duplicate.author else make.opener(duplicate).label
    assert told() == {(author, "merged"), ("Mo", "merged"), ("Carol", "merged")}
    make.post(kept, author=mia, now=now)
    assert told() == {("Bob", "reply"), ("Carol", "reply")}
    unfollow(kept, by=carol)
    assert not Follow.objects.exists()
    make.post(kept, author=mo, now=now)
    assert told() == {("Bob", "reply"), ("Mia", "reply")}


@pytest.mark.parametrize("closed_before", [False, True])
def test_taken_apart_all_is_as_it_was(duplicate, kept, carol, mia, now, closed_before):
    if closed_before:
        close(duplicate, make.REASON, by=mia, now=now)
    follow(duplicate, by=carol)
    told()
    before = again(duplicate).__dict__ | {"_state": None}
    merge(again(duplicate), kept, by=mia, now=now)
    assert told()
    unmerge(again(duplicate), by=mia, now=now)
    recount.check()
    assert again(duplicate).__dict__ | {"_state": None} == before
    assert not Notice.objects.exists()
    assert listed() == {"The first one", "The second"}
    assert AuditEvent.objects.last().kind == "thread.taken-apart"
    with pytest.raises(CannotMerge):
        unmerge(again(duplicate), by=mia, now=now)


def test_a_merged_thread_is_hidden_and_shown_without_being_listed(duplicate, kept, mia, now):
    merge(duplicate, kept, by=mia, now=now)
    hide(again(duplicate), make.REASON, by=mia, now=now)
    unhide(again(duplicate), by=mia, now=now)
    assert again(duplicate).state == "closed"
    recount.check()
    with pytest.raises(NotAllowed):
        reopen(again(duplicate), by=mia, now=now)


def test_an_update_in_it_is_published_without_being_listed(duplicate, kept, mia, now):
    merge(duplicate, kept, by=mia, now=now)
    make.post(again(duplicate), "update", outcomes=["repaired"], by=mia, now=now)
    recount.check()
    assert again(duplicate).update_count == 1


def test_what_others_were_merged_into_waits_not_again(duplicate, bob, mia, now):
    kept = make.thread(author=bob, title="The first one", now=now)
    item = make.item(kept)
    publish(item, version=1, by=mia, now=now)
    merge(duplicate, again(kept), by=mia, now=now)
    with pytest.raises(IllegalMove, match="merged into this one"):
        undo(item, by=mia, now=now)
    assert listed() == {"The first one"}


def test_moderators_read_what_is_unlisted_with_a_hidden_one(client, duplicate, kept, mia, mo, now):
    merge(duplicate, kept, by=mia, now=now)
    hide(again(kept), make.REASON, by=mia, now=now)
    client.force_login(mo)
    page = client.get(f"/moderation/threads/{kept.public_id}/").content.decode()
    assert "in no list or search either" in page
    assert f"/moderation/threads/{duplicate.public_id}/" in page
    client.post(f"/moderation/threads/{duplicate.public_id}/unmerge/")
    assert listed() == {"The second"}


def test_when_the_kept_one_is_withdrawn_the_other_stands_for_itself(duplicate, kept, bob, mia, now):
    merge(duplicate, kept, by=mia, now=now)
    withdraw(again(kept), by=bob, now=now)
    recount.check()
    apart = AuditEvent.objects.get(kind="thread.taken-apart")
    assert (apart.about, apart.by) == (str(duplicate), None)
    assert (again(duplicate).state, again(duplicate).merged_into) == ("published", None)
    assert listed() == {"The second"}


def test_withdrawn_itself_it_tells_nothing_of_the_other(client, duplicate, kept, mia, now):
    merge(duplicate, kept, by=mia, now=now)
    withdraw(again(duplicate), by=make.opener(duplicate), now=now)
    assert again(duplicate).merged_into is None
    assert "The second" not in client.get(kept.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["pending", "hidden", "withdrawn"])
def test_both_have_to_be_public(duplicate, mia, now, state):
    other = make.thread(state, by=mia, now=now)
    for pair in ((duplicate, other), (other, duplicate)):
        with pytest.raises(CannotMerge):
            merge(*pair, by=mia, now=now)


def test_neither_itself_nor_a_chain(duplicate, kept, mia, now):
    third = make.thread("published", by=mia, now=now)
    merge(duplicate, kept, by=mia, now=now)
    for pair in ((kept, kept), (duplicate, third), (third, duplicate), (kept, third)):
        with pytest.raises(CannotMerge):
            merge(*map(again, pair), by=mia, now=now)
    merge(third, kept, by=mia, now=now)


@pytest.mark.parametrize("who", ["carol", "vera", "admin", "alice"])
def test_only_moderators_merge(request, duplicate, kept, now, who):
    with pytest.raises(NotAllowed):
        merge(duplicate, kept, by=request.getfixturevalue(who), now=now)


def test_nobody_merges_what_they_asked_under_their_name(kept, mia, mo, now):
    own = make.thread("published", author=mia, by=mo, now=now)
    anonymous = make.thread("published", author=mia, anonymous=True, by=mo, now=now)
    for pair in ((own, kept), (kept, own)):
        with pytest.raises(NotAllowed):
            merge(*pair, by=mia, now=now)
    merge(anonymous, kept, by=mia, now=now)


@pytest.fixture
def mias(mia) -> Client:
    client = Client()
    client.force_login(mia)
    return client


@pytest.mark.parametrize(
    "written", ["{0}", "https://board.example/threads/{0}/some-slug/?from=50", "/threads/{0}/"]
)
def test_it_is_done_by_an_address(mias, duplicate, kept, written):
    address = f"/moderation/threads/{duplicate.public_id}/"
    answer = mias.post(f"{address}merge/", {"merge-into": written.format(kept.public_id)})
    assert answer.headers["Location"] == f"{address}#record"
    assert again(duplicate).merged_into == kept
    assert "Merged into another" in mias.get(address).content.decode()
    assert mias.post(f"{address}unmerge/").status_code == 303
    assert again(duplicate).merged_into is None


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Please give the address"),
        ("/threads/23456789abcd/", "No public thread has this address."),
        ("second", "No public thread has this address."),
        ("{own}", "This is the very same thread."),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(mias, duplicate, kept, written, sentence):
    typed = written.format(own=duplicate.public_id)
    answer = mias.post(f"/moderation/threads/{duplicate.public_id}/merge/", {"merge-into": typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page.split('id="id_merge-into_error"')[1].split("</div>")[0]
    assert f'value="{typed}"' in page or not typed


def test_its_author_reads_where_it_went(client, kept, alice, mia, now):
    own = make.thread("published", author=alice, by=mia, now=now)
    merge(own, kept, by=mia, now=now)
    client.force_login(alice)
    assert "The first one" in client.get(f"/my/threads/{own.public_id}/").content.decode()


def test_ones_own_level_of_a_thread_is_told_before_that_of_one_merged_into_it(carol, mia, now):
    kept, *others = (make.thread("published", by=mia) for _ in range(5))
    for other in others:
        follow(other, Level.FOLLOW, by=carol)
        merge(other, kept, by=mia, now=now)
    assert level_of(kept, by=carol) == "follow"
    follow(kept, by=carol)
    assert level_of(again(kept), by=carol) == "watch"
    assert level_of(others[0], by=carol) == "follow"
