"""Lists of threads: filters that combine, orders, and pages that walk every thread exactly once."""

import re
from datetime import timedelta

import pytest
from django.http import QueryDict

from forum.actions.withdraw import withdraw
from forum.listing import Selection, list_threads
from forum.models import Thread
from tests import make


def titles(query: str, **page) -> list[str]:
    return [thread.title for thread in list_threads(Selection.from_address(QueryDict(query)), **page).items]


@pytest.fixture
def board(alice, bob, mia, mo, now) -> None:
    """Five public threads, an hour apart, and four that nobody lists."""
    rows = [
        ("Colorado counselor", ["professional-counselor", "us-co", "gifts"]),
        ("Oregon counselor", ["professional-counselor", "us-or"]),
        ("Oregon psychologist", ["psychologist", "us-or", "small-community"]),
        ("Whole United States", ["psychologist", "us"]),
        ("Scotland and Colorado", ["clinical-social-worker", "gb-sct", "us-co", "gifts"]),
    ]
    for hours, (title, tags) in enumerate(rows):
        author = make.account()
        when = now + timedelta(hours=hours)
        thread = make.thread("published", author=author, title=title, tags=tags, by=mia, now=when)
        if title == "Oregon counselor":
            make.post(thread, author=mo, aspects=["legal"], now=now + timedelta(days=2))
        if title == "Colorado counselor":
            make.post(thread, "update", outcomes=["repaired"], by=mia, now=now + timedelta(days=1))
    for state in ("pending", "declined", "returned", "withdrawn"):
        make.thread(state, title=f"Not listed, {state}", by=mia, now=now)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "Scotland Whole psychologist Oregon_counselor Colorado_counselor"),
        ("jurisdiction=us-co", "Scotland Colorado_counselor"),
        ("jurisdiction=us", "Scotland Whole psychologist Oregon_counselor Colorado_counselor"),
        ("jurisdiction=gb", "Scotland"),
        ("jurisdiction=us&jurisdiction=gb", "Scotland"),
        ("discipline=psychologist", "Whole psychologist"),
        ("discipline=psychologist&jurisdiction=us-or", "psychologist"),
        ("discipline=professional-counselor&topic=gifts", "Colorado_counselor"),
        ("discipline=professional-counselor&jurisdiction=gb", ""),
        ("aspect=legal", "Oregon_counselor"),
        ("aspect=legal&jurisdiction=us", "Oregon_counselor"),
        ("aspect=legal&jurisdiction=us-co", ""),
        ("outcome=repaired", "Colorado_counselor"),
        ("outcome=any", "Colorado_counselor"),
        ("sort=unanswered", "Scotland Whole psychologist Colorado_counselor"),
        ("sort=unanswered&jurisdiction=us-or", "psychologist"),
        ("sort=active", "Oregon_counselor Colorado_counselor Scotland Whole psychologist"),
        ("sort=active&topic=gifts", "Colorado_counselor Scotland"),
        (
            "jurisdiction=atlantis&aspect=magic&outcome=luck&sort=votes",
            "Scotland Whole psychologist Oregon_counselor Colorado_counselor",
        ),
        ("jurisdiction=US-CO", "Scotland Colorado_counselor"),
        ("discipline=us-co", "Scotland Whole psychologist Oregon_counselor Colorado_counselor"),
        ("discipline=us-co&jurisdiction=us-or", "psychologist Oregon_counselor"),
    ],
)
def test_filters_combine_and_what_names_nothing_is_left_out(board, query, found):
    shown = titles(query)
    words = [word.replace("_", " ") for word in found.split()]
    assert len(shown) == len(words), shown
    for title, word in zip(shown, words, strict=True):
        assert word in title


@pytest.fixture
def many(tags, now, settings) -> list[Thread]:
    """Twenty-three threads in four hours; most of them share one."""
    settings.THREADS_A_DAY = 23
    mo, author = make.moderator(), make.account()
    made = []
    for number in range(23):
        chosen = ["psychologist", "us-co" if number % 3 else "gb"]
        hour = now + timedelta(hours=max(0, number - 19))
        made.append(make.thread("published", author=author, by=mo, tags=chosen, now=hour))
    return made


def walk(query: str, size: int) -> list:
    selection, after, found = Selection.from_address(QueryDict(query)), "", []
    while True:
        page = list_threads(selection, after=after, size=size)
        assert len(page.items) <= size
        found += page.items
        if not page.after:
            return found
        after = page.after


@pytest.mark.parametrize("size", [1, 5, 22, 23, 24])
@pytest.mark.parametrize("query", ["", "sort=active", "sort=unanswered", "discipline=psychologist"])
def test_pages_walk_every_thread_once_in_order(many, query, size):
    found = walk(query, size)
    assert len(found) == len({thread.pk for thread in found}) == 23
    hours = [thread.hour for thread in found]
    assert hours == sorted(hours, reverse=True)


@pytest.mark.parametrize("size", [1, 4])
def test_pages_of_combined_filters_walk_every_thread_once(many, size):
    expected = {thread.pk for thread in many if thread.thread_tags.filter(tag__slug="us").exists()}
    found = [thread.pk for thread in walk("discipline=psychologist&jurisdiction=us", size)]
    assert sorted(found) == sorted(expected)


def test_a_thread_published_between_two_pages_moves_none_of_the_rest(many, now):
    first = list_threads(Selection(), size=10)
    make.thread("published", now=now + timedelta(days=1))
    rest = list_threads(Selection(), after=first.after, size=50)
    assert {thread.pk for thread in first.items + rest.items} == {thread.pk for thread in many}


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "-", "1-2", "0-" + "0" * 31, "9999999-" + "0" * 32, "1-" + "G" * 32, "²-" + "0" * 32, "\n"],
)
def test_a_cursor_that_is_none_starts_anew(board, cursor):
    assert titles("", after=cursor) == titles("")


def test_the_link_to_the_next_page_keeps_the_filters(client, many):
    page = client.get("/?discipline=psychologist&sort=newest").content.decode()
    link = re.search(r'rel="next" href="(\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert "discipline=psychologist" in link
    second = client.get(f"/{link}").content.decode()
    assert len(re.findall(r'<article class="entry">', page)) == 20
    assert len(re.findall(r'<article class="entry">', second)) == 3
    assert "Back to the newest" in second


def test_a_visitors_list_changes_with_its_threads(client, published_thread, mia, now):
    """Visitors' pages are kept while nothing changes."""
    shown = [client.get("/").content]
    for deed in (
        lambda: make.post(published_thread, author=mia, now=now),
        lambda: make.thread("published", title="Another question altogether", by=mia, now=now),
        lambda: withdraw(published_thread, by=published_thread.author, now=now),
    ):
        deed()
        shown.append(client.get("/").content)
        assert shown[-1] == client.get("/").content
    assert len(set(shown)) == 4
