"""Two have to agree: under some topics nothing is published by one moderator alone."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.access import NotAllowed
from accounts.actions.appoint import dismiss
from accounts.actions.employers import declare_employers
from forum.models import Facet, Notice, Thread
from moderation.actions.claim import claim, step_back
from moderation.actions.decide import TextChanged, decline, publish, return_to_author, take_agreement_back
from moderation.actions.page import page_about_what_waits
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.undo import undo
from moderation.clock import SECOND_MODERATOR_AFTER
from moderation.models import AuditEvent, Decision, QueueItem
from tests import make
from tests.races import at_once

TOPIC = "colleague-conduct"


@pytest.fixture
def topic(tags):
    return make.tag(Facet.TOPIC, TOPIC)


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def item(request, topic, alice, now) -> QueueItem:
    tags = ["professional-counselor", "us-co", topic]
    return make.item(make.thread(author=alice, anonymous=request.param, tags=tags, now=now))


def state() -> str:
    return Thread.objects.get().state


def again(item: QueueItem) -> QueueItem:
    return QueueItem.objects.get(pk=item.pk)


def test_the_first_is_noted_and_the_second_publishes(item, mia, mo, now):
    assert publish(item, version=1, by=mia, now=now) is False
    assert (state(), again(item).agreed, Decision.objects.count()) == ("pending", mia, 0)
    assert publish(again(item), version=1, by=mo, now=now) is True
    assert (state(), Decision.objects.get().by) == ("published", mo)
    events = AuditEvent.objects.filter(by__isnull=False).values_list("kind", "by")
    assert [*events] == [("question.agreed", mia.pk), ("question.published", mo.pk)]


def test_nobody_is_both(item, mia, now):
    publish(item, version=1, by=mia, now=now)
    with pytest.raises(NotAllowed, match="a second moderator"):
        publish(again(item), version=1, by=mia, now=now)
    assert state() == "pending"


def test_what_one_has_not_read_they_have_not_agreed_to(item, mia, mo, now):
    with pytest.raises(TextChanged):
        publish(item, version=2, by=mia, now=now)
    publish(item, version=1, by=mia, now=now)
    item.post.version = 2
    item.post.save()
    assert again(item).agreed is None
    assert publish(again(item), version=2, by=mo, now=now) is False
    assert publish(again(item), version=2, by=mia, now=now) is True


@pytest.mark.parametrize("deed", [return_to_author, decline])
def test_one_is_enough_to_return_or_decline(item, mia, mo, now, deed):
    publish(item, version=1, by=mia, now=now)
    deed(again(item), "Please leave out where they work.", version=1, by=mo, now=now)
    assert state() in ("returned", "declined")


def test_every_text_of_such_a_thread_takes_two(item, mia, mo, now):
    for moderator in (mia, mo):
        publish(again(item), version=1, by=moderator, now=now)
    update = make.post(Thread.objects.get(), "update", state="pending", now=now)
    assert publish(make.item(update), version=1, by=mo, now=now) is False
    assert publish(make.item(update), version=1, by=mia, now=now) is True


def test_the_first_may_agree_no_more_until_it_is_decided(item, mia, mo, now):
    publish(item, version=1, by=mia, now=now)
    with pytest.raises(NotAllowed):
        take_agreement_back(again(item), by=mo, now=now)
    take_agreement_back(again(item), by=mia, now=now)
    assert publish(again(item), version=1, by=mo, now=now) is False
    assert publish(again(item), version=1, by=mia, now=now) is True
    with pytest.raises(NotAllowed):
        take_agreement_back(again(item), by=mo, now=now)
    assert AuditEvent.objects.filter(kind="question.not-agreed-after-all").count() == 1


def edit_agreed_to(item: QueueItem, mia, mo, now) -> QueueItem:
    """Other words for its text, once that is public, to which Mia has agreed."""
    for moderator in (mia, mo):
        publish(again(item), version=1, by=moderator, now=now)
    edited = make.edit(item.post, body=f"{make.BODY} Said at first.", now=now)
    publish(edited, version=edited.version, by=mia, now=now)
    assert again(edited).agreed == mia
    return edited


def test_of_words_changed_since_nobody_is_said_to_have_agreed(item, mia, mo, now):
    edited = edit_agreed_to(item, mia, mo, now)
    make.edit(item.post, body=f"{make.BODY} Said another way.", now=now)
    assert again(edited).agreed_by is None
    assert "One of two" not in make.browser(mo).get("/moderation/queue/").content.decode()


def test_nor_of_words_that_were_removed_since(item, mia, mo, third, now):
    edited = edit_agreed_to(item, mia, mo, now)
    thread = Thread.objects.get()
    asked = ask_to_redact(thread, "Said at first", make.REASON, hidden=False, by=mo, now=now)
    redact(asked, by=third, now=now)
    assert again(edited).agreed_by is None


def now_too_close(item, mia, admin, now):
    step_back(item, by=mia, now=now)


def no_moderator_any_more(item, mia, admin, now):
    dismiss(mia, by=admin, now=now)


def with_the_same_employer(item, mia, admin, now):
    for each in (mia, item.post.author):
        declare_employers(["Front Range Counseling"], by=each, now=now)


@pytest.mark.parametrize("since", [now_too_close, no_moderator_any_more, with_the_same_employer])
def test_who_may_not_decide_any_more_has_not_agreed(topic, alice, mia, mo, third, admin, now, since):
    item = make.item(make.thread(author=alice, tags=["professional-counselor", "us-co", topic], now=now))
    publish(item, version=1, by=mia, now=now)
    since(item, mia, admin, now)
    assert publish(again(item), version=1, by=mo, now=now) is False
    assert (state(), again(item).agreed) == ("pending", mo)
    assert publish(again(item), version=1, by=third, now=now) is True


def test_without_the_second_factor_one_has_not_agreed(item, mia, mo, now, settings):
    publish(item, version=1, by=mia, now=now)
    settings.SECOND_FACTOR_FOR_MODERATORS = True
    assert again(item).agreed is None


def test_undone_the_first_still_has_agreed(item, mia, mo, now):
    for moderator in (mia, mo):
        publish(again(item), version=1, by=moderator, now=now)
    undo(again(item), by=mo, now=now)
    assert (state(), again(item).agreed) == ("pending", mia)
    assert publish(again(item), version=1, by=mo, now=now) is True


def test_whoever_wrote_anonymously_may_be_one_of_the_two(topic, mia, mo, now):
    """Being kept from it would tell that it is theirs."""
    own = make.thread(author=mia, anonymous=True, tags=["professional-counselor", "us-co", topic], now=now)
    assert publish(make.item(own), version=1, by=mia, now=now) is False
    assert publish(make.item(own), version=1, by=mo, now=now) is True


def test_other_topics_take_one_and_none_can_be_named(item, mia, now, settings):
    assert publish(make.item(make.thread(now=now)), version=1, by=mia, now=now) is True
    settings.TWO_MODERATORS_TOPICS = ["none"]
    assert publish(item, version=1, by=mia, now=now) is True


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_the_first(topic, mia, mo, now):
    thread = make.thread(tags=["professional-counselor", "us-co", topic], now=now)
    item = make.item(thread)
    answers = at_once(2, lambda each: publish(again(item), version=1, by=(mia, mo)[each], now=now))
    assert sorted(answers) == [False, True]
    assert state() == "published"


def test_it_is_suggested_and_told_to_another_than_the_first(item, mia, mo, now):
    suggest_what_waits(now)
    assert again(item).suggested_to == mia
    publish(again(item), version=1, by=mia, now=now)
    assert suggest_what_waits(now) == 1
    assert again(item).suggested_to == mo
    page_about_what_waits(item.hour + SECOND_MODERATOR_AFTER)
    assert Notice.objects.get(event__happening="waiting").account == mo


def test_without_a_second_it_is_suggested_to_nobody(item, mia, now):
    suggest_what_waits(now)
    publish(again(item), version=1, by=mia, now=now)
    assert suggest_what_waits(now) == 1
    assert again(item).suggested_to is None


def test_the_desk_shows_one_of_two(topic, mia, mo):
    tags = ["professional-counselor", "us-co", topic]
    item = make.item(make.thread(tags=tags, now=timezone.now()))
    mias, mos = Client(), Client()
    mias.force_login(mia)
    mos.force_login(mo)
    address = item.get_absolute_url()
    claim(item, by=mia, now=timezone.now())
    page = mias.get(address).content.decode()
    assert "Two moderators have to agree" in page
    assert ">Agree to publish it</button>" in page
    assert mias.post(f"{address}publish/", {"version": 1}).headers["Location"] == f"{address}#decision"
    assert "you have agreed to publish it" in mias.get(address).content.decode()
    assert "One of two: Mia has agreed" in mos.get("/moderation/queue/").content.decode()
    claim(again(item), by=mia, now=timezone.now())
    assert f'action="{address}publish/"' not in mias.get(address).content.decode()
    mias.post(f"{address}release/")
    claim(again(item), by=mo, now=timezone.now())
    page = mos.get(address).content.decode()
    assert "Mia has agreed to publish it. If you agree as well" in page
    assert ">Agree, and publish it</button>" in page
    assert mos.post(f"{address}publish/", {"version": 1}).status_code == 303
    assert state() == "published"
    assert "Published by Mo, as Mia agreed before" in mos.get(address).content.decode()


def test_agreeing_no_more_is_done_on_the_item(item, mia, now, client):
    publish(item, version=1, by=mia, now=now)
    client.force_login(mia)
    answer = client.post(f"{item.get_absolute_url()}agree-no-more/")
    assert answer.headers["Location"] == f"{item.get_absolute_url()}#decision"
    assert "Nobody has so far." in client.get(item.get_absolute_url()).content.decode()
