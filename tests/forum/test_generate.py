"""The synthetic load: what it says of itself is what a recount finds, and it could have been posted."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Max

from accounts.models import Account
from forum import search
from forum.models import Kind, Persona, Post, SearchEntry, Standing, Tag, Thread, ThreadMark, ThreadTag
from forum.standing import compute_standing
from forum.synthetic.load import generate
from forum.text.excerpt import excerpt
from forum.text.markdown import render


@pytest.fixture
def board(tags, now):
    return generate(threads=30, posts=700, users=60, seed=7, now=now)


def test_as_much_is_made_as_was_asked_for(board):
    assert (board.threads, board.posts, board.users) == (30, 700, 60)
    assert (Thread.objects.count(), Post.objects.count(), Account.objects.count()) == (30, 700, 60)


def test_one_thread_has_ten_posts_and_one_has_five_hundred(board):
    sizes = [Thread.objects.get(public_id=each).posts.count() for each in (board.short, board.long)]
    assert sizes == [10, 500]


def test_the_counts_of_each_thread_are_those_of_its_posts(board):
    for thread in Thread.objects.prefetch_related("posts"):
        kinds = [post.kind for post in thread.posts.all()]
        assert kinds.count(Kind.QUESTION) == 1
        assert thread.reply_count == len(kinds) - 1
        assert thread.consultation_count == kinds.count(Kind.CONSULTATION)
        replies = [post.hour for post in thread.posts.all() if post.kind == Kind.CONSULTATION]
        waited = (min(replies) - thread.hour) // timedelta(hours=1) if replies else None
        assert thread.first_reply_after == waited
        assert thread.update_count == kinds.count(Kind.UPDATE)
        assert sorted(post.position for post in thread.posts.all()) == list(range(1, len(kinds) + 1))
        assert thread.last_position == len(kinds)


def test_a_thread_was_active_when_its_last_post_came_and_no_post_is_of_the_future(board, now):
    for thread in Thread.objects.annotate(latest=Max("posts__hour")):
        assert thread.active_hour == thread.latest <= now
        assert thread.hour == thread.posts.get(kind=Kind.QUESTION).hour


def test_the_counts_of_tags_are_those_of_the_threads_under_them(board):
    listed = dict(ThreadTag.objects.values_list("tag").annotate(Count("content_object", distinct=True)))
    assert listed
    assert {tag.pk: tag.thread_count for tag in Tag.objects.filter(thread_count__gt=0)} == listed


def test_a_thread_is_also_under_the_ancestors_of_its_tags(board):
    for thread in Thread.objects.all():
        rows = list(thread.thread_tags.select_related("tag"))
        chosen = [row.tag for row in rows if not row.inherited]
        assert {row.tag_id for row in rows} == {tag.pk for tag in Tag.objects.at_or_above(chosen)}
        assert {row.listed_hour for row in rows} == {thread.hour}


def test_marks_say_which_aspects_and_outcomes_a_thread_has(board):
    for thread in Thread.objects.all():
        posts = list(thread.posts.all())
        wanted = {(ThreadMark.ASPECT, aspect) for post in posts for aspect in post.aspects}
        wanted |= {(ThreadMark.OUTCOME, outcome) for post in posts for outcome in post.outcomes}
        if thread.update_count:
            wanted.add((ThreadMark.OUTCOME, ThreadMark.ANY))
        assert set(thread.marks.values_list("kind", "value")) == wanted


def test_named_replies_carry_the_standing_that_publishing_would_give_them(board):
    replies = Post.objects.filter(kind__in=(Kind.CONSULTATION, Kind.PERSPECTIVE), author__isnull=False)
    assert Standing.objects.count() == replies.count()
    for post in replies.select_related("standing")[:40]:
        computed = compute_standing(post)
        for name in (
            "discipline_id",
            "jurisdiction_id",
            "level",
            "outside_discipline",
            "outside_jurisdiction",
        ):
            assert getattr(post.standing, name) == getattr(computed, name)


def test_texts_are_as_long_as_real_ones_and_rendered_as_the_renderer_does(board):
    for post in Post.objects.all():
        shortest, longest = (600, 2500) if post.kind == Kind.QUESTION else (300, 1500)
        assert shortest <= len(post.body) <= longest
        assert post.html == render(post.body)
    for thread in Thread.objects.all():
        assert thread.excerpt == excerpt(thread.posts.get(kind=Kind.QUESTION).html, 280)


def test_every_thread_says_that_it_is_synthetic(board):
    assert all(thread.is_demo and "(synthetic)" in thread.title for thread in Thread.objects.all())


def test_nobody_can_sign_in_to_a_synthetic_account(board):
    assert not any(account.has_usable_password() for account in Account.objects.all())


def test_every_published_post_can_be_found_by_search(board):
    assert SearchEntry.objects.count() == Post.objects.count()
    for entry in SearchEntry.objects.select_related("post__thread"):
        made = (entry.title, entry.words)
        search.index(entry.post)
        entry.refresh_from_db()
        assert made == (entry.title, entry.words)


def test_search_finds_the_commonest_words_of_the_field(board):
    assert search.find("confidentiality", Thread.objects.listed(), after=None).hits


def test_more_than_half_of_the_threads_are_anonymous(tags, now):
    generate(threads=200, posts=200, users=20, seed=1, now=now)
    anonymous = Thread.objects.filter(author=None)
    assert 100 < anonymous.count() < 150
    assert Persona.objects.filter(is_op=True, thread__author=None).count() == anonymous.count()


def test_a_few_tags_have_most_of_the_threads(tags, now):
    generate(threads=200, posts=200, users=20, seed=1, now=now)
    counts = Tag.objects.of("discipline").order_by("-thread_count").values_list("thread_count", flat=True)
    assert counts[0] > 2 * counts[len(counts) - 1] > 0


def test_a_second_run_adds_to_the_first(board, now):
    generate(threads=5, posts=9, users=3, seed=7, now=now)
    assert (Thread.objects.count(), Post.objects.count(), Account.objects.count()) == (35, 709, 63)
    assert Thread.objects.values("public_id").distinct().count() == 35


def test_the_same_seed_makes_the_same_board(tags, now):
    def texts():
        return list(Post.objects.order_by("thread", "position").values_list("thread__public_id", "body"))

    generate(threads=4, posts=20, users=8, seed=3, now=now)
    first = texts()
    Post.objects.all().delete()
    Persona.objects.all().delete()
    Thread.objects.all().delete()
    Account.objects.all().delete()
    generate(threads=4, posts=20, users=8, seed=3, now=now)
    assert texts() == first


def test_the_command_says_what_it_made(tags):
    said = StringIO()
    call_command("generate", threads=3, posts=520, users=10, stdout=said)
    assert "3 threads, 520 posts, 10 accounts" in said.getvalue()
    assert "the vault was not written to" in said.getvalue()
    long = re.search(r"A thread of 500 posts: /threads/(\w+)/", said.getvalue())
    assert Thread.objects.get(public_id=long[1]).last_position == 500


@pytest.mark.parametrize(
    "counts", [{"threads": 9, "posts": 8, "users": 1}, {"threads": 1, "posts": 1, "users": 0}]
)
def test_a_board_that_cannot_be_is_refused(tags, counts):
    with pytest.raises(CommandError):
        call_command("generate", **counts)
    assert not Thread.objects.exists()
