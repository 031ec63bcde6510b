"""The inbox: what concerns the account and its personas, for nobody else, as page and as JSON."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from forum.actions.follow import follow
from forum.actions.notice_settings import choose_notices
from forum.actions.withdraw import withdraw
from forum.models import Notice, NoticeSettings
from forum.notices import fanout
from forum.notices.inbox import Inbox
from tests import make

BADGE = re.compile(r'id="inbox-badge">(\d*)<')


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia, mo):
    """Alice's thread with a reply, told."""
    made = make.thread("published", author=alice, anonymous=request.param, by=mia)
    make.post(made, author=mo)
    fanout.tell_all()
    return made


@pytest.fixture
def alices(client, alice):
    client.force_login(alice)
    return client


def test_page_and_badge_show_what_is_unread(thread, alices):
    page = alices.get("/inbox/").content.decode()
    assert BADGE.search(page)[1] == "2"
    assert page.count('class="unread"') == 2
    assert "A new reply" in page
    assert "Your text was published" in page
    assert thread.title in page


@pytest.fixture
def plain_words(alice):
    choose_notices(NoticeSettings(account=alice, discreet=False))


def test_the_live_client_asks_for_what_came_after_its_cursor(thread, alices, mia, plain_words):
    first = alices.get("/inbox/since/0/").json()
    assert (first["unread"], first["queue"], len(first["notices"])) == (2, None, 2)
    assert set(first["notices"][0]) == {"id", "text", "title", "url"}
    assert first["cursor"] == max(notice["id"] for notice in first["notices"])
    after = f"/inbox/since/{first['cursor']}/"
    assert alices.get(after).json() == {**first, "notices": []}
    make.post(thread, author=mia)
    fanout.tell_all()
    news = alices.get(after).json()
    assert (news["unread"], len(news["notices"])) == (3, 1)
    assert news["notices"][0]["text"] == "A new reply"


def test_unless_a_member_wants_it_otherwise_an_open_page_says_only_that_something_is_new(thread, alices):
    [notice] = alices.get("/inbox/since/0/").json()["notices"]
    assert notice.pop("id") == max(Notice.objects.values_list("pk", flat=True))
    assert notice.pop("url")
    assert notice == {"text": "Something new in your inbox", "title": ""}


def test_a_moderator_is_told_how_much_waits(client, mia, pending_thread):
    client.force_login(mia)
    assert client.get("/inbox/since/0/").json()["queue"] == 1


def test_opening_a_notice_marks_it_read_and_leads_to_the_post(thread, alices):
    notice = Notice.objects.get(event__happening="reply")
    answer = alices.get(f"/inbox/{notice.pk}/")
    assert answer["Location"] == notice.event.post.get_absolute_url()
    assert alices.get("/inbox/since/0/").json()["unread"] == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_notice_of_a_returned_text_leads_to_the_list_with_the_tools(alices, alice, mia, anonymous):
    """Not to the tools: their address holds no name of a persona that outlasts the session."""
    make.thread("returned", author=alice, anonymous=anonymous, by=mia)
    fanout.tell_all()
    answer = alices.get(f"/inbox/{Notice.objects.get().pk}/")
    assert answer["Location"] == ("/my/anonymous/" if anonymous else "/my/threads/")


def test_nobody_opens_or_reads_the_notices_of_another(thread, client, carol):
    client.force_login(carol)
    for notice in Notice.objects.all():
        assert client.get(f"/inbox/{notice.pk}/").status_code == 404
    assert client.get("/inbox/since/0/").json()["notices"] == []
    client.post("/inbox/read/")
    owner = Account.objects.get(display_name="Alice")
    assert Inbox(owner).unread == 2


def test_all_is_marked_as_read_at_once(thread, alices):
    assert alices.post("/inbox/read/")["Location"] == "/inbox/"
    page = alices.get("/inbox/").content.decode()
    assert BADGE.search(page)[1] == ""
    assert 'class="unread"' not in page


def test_notices_of_a_withdrawn_thread_vanish(thread, alices, client, carol, mia, now):
    follow(thread, by=carol)
    make.post(thread, author=mia)
    fanout.tell_all()
    client.force_login(carol)
    assert client.get("/inbox/since/0/").json()["unread"] == 1
    withdraw(thread, by=make.opener(thread), now=now)
    assert client.get("/inbox/since/0/").json()["unread"] == 0
    assert "A new reply" not in client.get("/inbox/").content.decode()


def test_a_long_inbox_is_read_in_pages(alices, published_thread, mo):
    for _ in range(60):
        make.post(published_thread, author=mo)
    fanout.tell_all()
    first = alices.get("/inbox/").content.decode()
    older = re.search(r'href="(\?before=\d+)"', first)[1]
    second = alices.get(f"/inbox/{older}").content.decode()
    shown = [set(re.findall(r"/inbox/(\d+)/", page)) for page in (first, second)]
    assert [len(each) for each in shown] == [50, 11]
    assert not shown[0] & shown[1]
    assert "?before=" not in second


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", "", "0"])
def test_a_damaged_place_in_the_inbox_is_no_fault(thread, alices, before):
    assert alices.get("/inbox/", {"before": before}).status_code == 200


def test_with_the_vault_out_of_order_the_inbox_shows_what_concerns_the_name(
    alice, alices, mia, tmp_path, settings
):
    make.thread("published", author=alice, anonymous=True, by=mia)
    make.thread("published", author=alice, by=mia)
    fanout.tell_all()
    settings.ANON_KEYRING_FILE = tmp_path / "gone.json"
    assert alices.get("/inbox/since/0/").json()["unread"] == 1
    assert alices.get("/").status_code == 200


def test_whether_anything_is_unread_is_asked_without_a_limit(carol, tags):
    """With one PostgreSQL hopes to meet a row soon, and reads everybody's where there is none."""
    with CaptureQueriesContext(connection) as asked:
        assert Inbox(carol).unread == 0
    [question] = [each["sql"] for each in asked if '"forum_notice"' in each["sql"]]
    assert "LIMIT" not in question
