"""Choosing of what to hear, where and when."""

from datetime import UTC, datetime
from html import unescape

import pytest

from forum.actions.notice_settings import give_everybody_settings
from forum.models import Digest, Notice, NoticeSettings
from forum.notices import fanout
from forum.notices.inbox import Inbox
from tests import make

HERE = "/my/settings/notices/"
CHOICE = {
    "inbox": ["replies", "threads"],
    "live": ["replies"],
    "mail": ["decisions"],
    "quiet_from": "22",
    "quiet_to": "7",
    "zone": "America/Denver",
    "discreet": "on",
}


def test_without_a_choice_all_but_new_threads_are_mailed(carols, carol):
    page = carols.get(HERE).content.decode()
    assert page.count(" checked") == 2 + 4 + 3 + 1
    assert page.count("always") == 2 + 1  # and the sentence about a mail
    assert "data-zone" in page
    assert "moderators' desk" not in unescape(page)
    assert not NoticeSettings.objects.exists()


def test_a_choice_is_kept(carols, carol):
    assert carols.post(HERE, CHOICE).headers["Location"] == f"{HERE}?saved"
    kept = NoticeSettings.objects.get(account=carol)
    assert kept.inbox == ["replies", "decisions", "threads", "account", "desk"]  # what is not asked stays
    assert kept.live == ["replies", "desk"]
    assert kept.mail == ["decisions", "desk"]
    assert (kept.quiet_from, kept.quiet_to, kept.zone, kept.discreet) == (22, 7, "America/Denver", True)
    page = carols.get(f"{HERE}?saved").content.decode()
    assert "Saved." in page
    assert "data-zone" not in page


def test_settings_that_everybody_got_leave_the_time_zone_to_the_browser(carols, carol):
    give_everybody_settings()
    assert "data-zone" in carols.get(HERE).content.decode()


def test_a_time_zone_that_came_with_a_slip_is_not_chosen_anew_by_the_browser(carols):
    page = carols.post(HERE, {**CHOICE, "quiet_from": "24"}).content.decode()
    assert 'value="America/Denver" selected' in page
    assert "data-zone" not in page


def test_a_time_zone_chosen_for_one_is_offered_for_the_other(carols, carol):
    give_everybody_settings()
    digest = {"every": "off", "weekday": "0", "at_hour": "7", "about": "all", "shows": "counts"}
    carols.post("/my/settings/digest/", {**digest, "zone": "Europe/Berlin"})
    page = carols.get(HERE).content.decode()
    assert 'value="Europe/Berlin" selected' in page
    assert "data-zone" not in page
    carols.post(HERE, CHOICE)
    Digest.objects.all().delete()
    assert 'value="America/Denver" selected' in carols.get("/my/settings/digest/").content.decode()


def test_moderators_choose_for_their_desk_as_well(client, mo):
    client.force_login(mo)
    client.post(HERE, {**CHOICE, "inbox": ["desk"], "live": [], "mail": []})
    kept = NoticeSettings.objects.get(account=mo)
    assert kept.inbox == ["decisions", "account", "desk"]
    assert kept.live == kept.mail == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("quiet_from", "24"), ("zone", "Mars/Base"), ("mail", ["letters"]), ("live", ["threads"])],
)
def test_what_cannot_be_chosen_is_refused_beside_its_field(carols, field, value):
    response = carols.post(HERE, {**CHOICE, "inbox": [], "live": [], field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not NoticeSettings.objects.exists()


def test_what_the_inbox_lacks_is_named_and_marked_where_it_was_chosen(carols):
    wrong = {**CHOICE, "inbox": ["replies"], "live": ["replies", "threads"]}
    page = carols.post(HERE, wrong).content.decode()
    said = "“New threads under tags you follow” can only appear on the page if it is in your inbox too."
    assert page.count(said) == 2  # above the form and beside the table
    assert 'href="#id_live"' in page
    assert 'id="id_live" tabindex="-1"' in page
    marked = 'name="live" value="threads" checked aria-invalid="true" aria-describedby="id_live_error"'
    assert page.count("aria-invalid") == page.count(marked) == 1


@pytest.fixture
def carols_thread(carol, mia):
    made = make.thread("published", author=carol, by=mia)
    make.post(made, author=make.moderator())
    fanout.tell_all()
    return made


def news(browser) -> dict:
    return browser.get("/inbox/since/0/").json()


def test_what_is_not_for_the_inbox_is_nowhere(carols, carol, carols_thread):
    carols.post(HERE, {**CHOICE, "inbox": ["threads"], "live": []})
    assert news(carols)["unread"] == 1
    assert "A new reply" not in carols.get("/inbox/").content.decode()
    assert Notice.objects.filter(account=carol).count() == 2  # it is there again when she wants it


def test_what_is_not_for_the_page_is_in_the_inbox_alone(carols, carols_thread):
    carols.post(HERE, {**CHOICE, "live": [], "quiet_from": "0", "quiet_to": "0"})
    found = news(carols)
    assert (found["unread"], found["notices"]) == (2, [])


def test_in_quiet_hours_nothing_appears_on_a_page(carols, carol, carols_thread):
    hour = datetime.now(UTC).hour
    quiet = {"quiet_from": str(hour), "quiet_to": str((hour + 1) % 24), "zone": "UTC"}
    carols.post(HERE, {**CHOICE, **quiet})
    assert (news(carols)["unread"], news(carols)["notices"]) == (2, [])
    assert Inbox(carol).unread == 2
