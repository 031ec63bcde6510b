"""After a deed: the queue says once what was done, and a page that goes on opens where it does."""

import pytest
from django.test import Client
from django.utils import timezone

from forum.models import Facet, Thread
from moderation.models import QueueItem
from moderation.views.told import SENTENCES
from tests import make

QUEUE = "/moderation/queue/"
NOTE = "Please leave out the name of the gym."


@pytest.fixture
def item(pending_thread) -> QueueItem:
    return make.item(pending_thread)


@pytest.fixture
def mias(mia, item) -> Client:
    """Mia's browser; she holds the item."""
    browser = make.browser(mia)
    browser.post(f"{item.get_absolute_url()}claim/")
    return browser


def announced(browser: Client) -> list[str]:
    page = browser.get(QUEUE).content.decode()
    return [key for key, sentence in SENTENCES.items() if sentence in page]


@pytest.mark.parametrize(
    ("deed", "form", "telling"),
    [
        ("release", {}, "put-back"),
        ("step-back", {}, "stepped-back"),
        ("return", {"return-note": NOTE, "return-version": 1}, "returned"),
        ("decline", {"decline-note": NOTE, "decline-version": 1}, "declined"),
        ("hold", {"hold-reason": NOTE, "hold-version": 1}, "held"),
    ],
)
def test_what_was_done_is_said_once(mias, item, deed, form, telling):
    assert announced(mias) == []
    assert mias.post(f"{item.get_absolute_url()}{deed}/", form).headers["Location"] == QUEUE
    assert announced(mias) == [telling]
    assert announced(mias) == []


def test_that_it_is_handed_over_too(mias, mo, item):
    form = {"over-to": mo.pk, "over-note": NOTE}
    mias.post(f"{item.get_absolute_url()}hand-over/", form)
    assert announced(mias) == ["handed-over"]
    assert announced(make.browser(mo)) == []


def test_what_is_refused_is_not_said_to_be_done(mias, item):
    mias.post(f"{item.get_absolute_url()}hold/", {"hold-reason": "", "hold-version": 1})
    assert announced(mias) == []


def test_a_cookie_of_nobodys_making_says_nothing(mias):
    mias.cookies["told"] = "<b>nothing</b>"
    assert announced(mias) == []
    assert "<b>nothing" not in mias.get(QUEUE).content.decode()


def test_the_list_alone_leaves_it_for_the_page(mias, item):
    """The list renews itself between the deed and the page that follows it."""
    mias.post(f"{item.get_absolute_url()}release/")
    mias.get(QUEUE, headers={"HX-Request": "true"})
    assert announced(mias) == ["put-back"]


def test_taken_after_reading_it_goes_on_at_the_decision(mia, item):
    mias, address = make.browser(mia), item.get_absolute_url()
    assert 'name="read">Take it' in mias.get(address).content.decode()
    assert mias.post(f"{address}claim/").headers["Location"] == address
    assert mias.post(f"{address}claim/", {"read": ""}).headers["Location"] == f"{address}#decision"


def test_so_it_does_for_the_first_of_two_and_for_whoever_undoes(tags, mia, now):
    conduct = make.tag(Facet.TOPIC, "colleague-conduct")
    for topics, deed in ([conduct], "agree-no-more"), ([], "undo"):
        thread = make.thread(tags=["professional-counselor", "us-co", *topics], now=timezone.now())
        address = make.item(thread).get_absolute_url()
        mias = make.browser(mia)
        mias.post(f"{address}claim/")
        published = mias.post(f"{address}publish/", {"version": 1}).headers["Location"]
        assert (published == f"{address}#decision") is bool(topics)
        assert mias.post(f"{address}{deed}/").headers["Location"] == f"{address}#decision"
    assert not Thread.objects.exclude(state="pending").exists()
