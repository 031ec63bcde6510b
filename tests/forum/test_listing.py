"""Lists of threads: filters that combine, and orders."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from forum.actions.withdraw import withdraw
from forum.listing import Selection, list_threads
from tests import make

pytestmark = pytest.mark.every_case


def titles(query: str, **page) -> list[str]:
    return [thread.title for thread in list_threads(Selection.from_address(QueryDict(query)), **page).items]


@pytest.fixture(scope="module")
def five(once) -> None:
    """Five public threads, an hour apart, and four that nobody lists."""
    mia, mo, now = make.moderator(), make.moderator(), make.NOW
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


@pytest.fixture
def board(five, db) -> None:
    pass


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


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "-", "1-2", "0-" + "0" * 31, "9999999-" + "0" * 32, "1-" + "G" * 32, "²-" + "0" * 32, "\n"],
)
def test_a_cursor_that_is_none_starts_anew(board, cursor):
    assert titles("", after=cursor) == titles("")


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
