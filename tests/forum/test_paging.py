"""Pages of a list: a cursor walks every thread exactly once, in order."""

import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import override_settings

from forum.listing import Selection, list_threads
from forum.models import Thread
from tests import make

pytestmark = pytest.mark.every_case


@pytest.fixture(scope="module")
def made(once) -> list[Thread]:
    """Twenty-three threads in four hours; most of them share one."""
    mo, author, threads = make.moderator(), make.account(), []
    with override_settings(THREADS_A_DAY=23):
        for number in range(23):
            chosen = ["psychologist", "us-co" if number % 3 else "gb"]
            hour = make.NOW + timedelta(hours=max(0, number - 19))
            threads.append(make.thread("published", author=author, by=mo, tags=chosen, now=hour))
    return threads


@pytest.fixture
def many(made, db) -> list[Thread]:
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


def test_the_link_to_the_next_page_keeps_the_filters(client, many):
    page = client.get("/?discipline=psychologist&sort=newest").content.decode()
    link = re.search(r'rel="next" href="(\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert "discipline=psychologist" in link
    second = client.get(f"/{link}").content.decode()
    assert len(re.findall(r'<article class="entry">', page)) == 20
    assert len(re.findall(r'<article class="entry">', second)) == 3
    assert "Back to the newest" in second
