"""What an item's page tells of earlier decisions about the same text, and to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.actions.flag import flag
from forum.actions.proposal import refuse
from forum.actions.revise import resubmit_question
from forum.models import Post, Thread
from moderation.actions.appeals import grant
from moderation.actions.claim import step_back
from moderation.actions.decide import decline, publish, return_to_author
from moderation.actions.flags import dismiss
from moderation.models import QueueItem
from tests import make
from tests.moderation.appealing import DECLINED, WHY, appealed, decided

ASKED = "Please leave out the name of the gym."
TOLD = "What its author was told before"


def send_again(thread: Thread, *, now) -> QueueItem:
    """Its author sends a returned question once more."""
    question = Post.objects.select_related("thread").get(thread=thread, kind="question")
    resubmit_question(question, make.draft(), by=question.persona or question.author, now=now)
    return make.item(thread)


def page(client, viewer, item: QueueItem) -> str:
    client.force_login(viewer)
    return client.get(item.get_absolute_url()).content.decode()


@pytest.fixture
def sent_again(alice, mia, now) -> QueueItem:
    return send_again(make.thread("returned", author=alice, by=mia, now=now), now=now)


@pytest.mark.parametrize("anonymous", [False, True])
def test_who_reads_it_next_sees_what_was_asked_and_not_of_whom(client, bob, mia, mo, now, anonymous):
    thread = make.thread("returned", author=bob, anonymous=anonymous, by=mia, now=now)
    first = QueueItem.objects.get()
    shown = page(client, mo, send_again(thread, now=now))
    assert TOLD in shown
    assert ASKED in shown
    assert "Returned with a note by Mia" in shown
    assert bob.display_name not in shown
    before = page(client, mo, first)
    assert TOLD not in before
    assert ASKED in before  # the decision about that one itself


def test_each_time_it_came_back_is_there_the_latest_first(client, sent_again, mia, mo, now):
    return_to_author(sent_again, "Please end with a question.", version=2, by=mo, now=now)
    shown = page(client, mia, send_again(sent_again.thread, now=now))
    assert shown.index("end with a question") < shown.index("name of the gym")


def test_what_came_with_proposed_changes_is_there_too(client, alice, mia, mo, now):
    thread = make.thread(author=alice, now=now)
    changes = make.proposal(thread, body=make.BODY.replace("gym", "wall"), note="The gym is known.", by=mia)
    refuse(make.question(thread), "The place matters.", version=changes.version, by=alice, now=now)
    shown = page(client, mo, make.item(thread))
    assert "The gym is known." in shown
    assert "The place matters." in shown


def test_a_text_that_an_appeal_brought_back_tells_both_decisions(client, declined, mia, mo, third, now):
    decided(appealed(declined, now=now), grant, by=mo, now=now)
    again = make.item(declined)
    shown = page(client, third, again)
    assert shown.index(WHY) < shown.index(DECLINED.replace("'", "&#x27;"))
    assert WHY not in page(client, mia, again)  # who declined it


def test_who_is_kept_from_it_reads_none_of_it(client, mia, mo, third, now):
    again = send_again(make.thread("returned", author=mo, by=mia, now=now), now=now)
    assert ASKED in page(client, third, again)
    assert ASKED not in page(client, mo, again)
    step_back(again, by=third, now=now)
    assert ASKED not in page(client, third, again)
    decline(again, "It asks for legal advice only.", version=2, by=mia, now=now)
    assert "legal advice only" in page(client, mia, again)
    assert "legal advice only" not in page(client, mo, again)


def test_an_edit_tells_what_was_said_since_the_last_that_is_public(client, published_thread, mia, mo, now):
    question = make.question(published_thread)
    returned = make.edit(question, body=make.BODY + " It is a small town.")
    return_to_author(returned, "The size of the town tells more.", version=returned.version, by=mia, now=now)
    again = make.edit(question, body=make.BODY + " People know each other.")
    assert "size of the town" in page(client, mo, again)
    publish(again, version=again.version, by=mo, now=now)
    assert "size of the town" not in page(client, mia, make.edit(question, body=make.BODY))


def test_the_next_flag_finds_why_the_last_was_dismissed(client, published_thread, carol, dave, mia, mo, now):
    question = make.question(published_thread)
    flag(question, "unkind", "", at_once=False, account=carol, now=now)
    first = QueueItem.objects.waiting().get(kind="flag")
    dismiss(first, "It quotes, and does not say it.", version=first.version, by=mia, now=now)
    flag(question, "spam", "", at_once=False, account=dave, now=now)
    shown = page(client, mo, QueueItem.objects.waiting().get(kind="flag"))
    assert "Flagged before" in shown
    assert "It quotes, and does not say it." in shown
    assert f'href="/moderation/threads/{published_thread.public_id}/"' in shown  # where it is put right


def test_a_text_with_a_long_past_costs_no_more_queries(client, sent_again, mia, mo, now):
    client.force_login(mo)
    item, counts = sent_again, []
    for _ in range(3):
        client.get(item.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            client.get(item.get_absolute_url())
        counts.append(len(captured))
        return_to_author(item, ASKED, version=item.version, by=mia, now=now)
        item = send_again(item.thread, now=now)
    assert counts[0] == counts[1] == counts[2]
