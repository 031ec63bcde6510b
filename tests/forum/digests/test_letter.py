"""The mail itself: what a mail program, a provider and a thief of the mailbox find in it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as live

from forum.actions.withdraw import withdraw
from forum.digests.send import send_due
from forum.models import Digest
from tests import make
from tests.forum.digests.conftest import DUE, SAID, chosen


@pytest.fixture
def asked(tags, mia, mo):
    thread = make.thread("published", by=mia, now=SAID, title="May I <i>hug</i> a client & go home?")
    make.post(make.thread("published", by=mia, now=SAID), author=mo, now=SAID)
    return thread


def sent(post_office, account, tags, **what):
    chosen(account, tags["us"], **what)
    send_due(lambda: DUE)
    [mail] = post_office.to(account)
    return mail, *(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


def test_counts_name_no_thread(post_office, alice, tags, asked):
    mail, text, html = sent(post_office, alice, tags)
    for said in (text, re.sub(r"<[^>]+>", "", html)):
        assert "2 new threads, of which 1 waits for a first consultation" in said
        assert "United States 2" in said
        assert "hug" not in said
        assert "in your inbox, also what no mail told you" in re.sub(r"\s+", " ", said)
    assert mail["Subject"] == f"{live.ACCOUNT_EMAIL_SUBJECT_PREFIX}Your digest"


def test_titles_and_first_lines_are_said_when_they_are_wanted(post_office, alice, bob, tags, asked):
    _, text, html = sent(post_office, alice, tags, shows="titles")
    assert "May I <i>hug</i> a client & go home?" in text
    assert "May I &lt;i&gt;hug&lt;/i&gt; a client &amp; go home?" in html
    assert f"{live.SITE_URL}{asked.get_absolute_url()}" in text
    assert f'href="{live.SITE_URL}{asked.get_absolute_url()}"' in html
    assert asked.excerpt not in text
    _, text, html = sent(post_office, bob, tags, shows="excerpts")
    assert asked.excerpt in text
    assert asked.excerpt in html


def test_its_headers_say_what_it_is_and_nothing_of_whom(post_office, alice, tags, asked):
    mail, text, html = sent(post_office, alice, tags)
    assert (mail["To"], mail["From"]) == (alice.email, live.DEFAULT_FROM_EMAIL)
    assert re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(live.SITE_HOST)}>", mail["Message-ID"])
    assert re.fullmatch(r"==[0-9a-f]{32}==", mail.get_boundary())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == f"Sounding Board digest <digest.{live.SITE_HOST}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip(" <>")
    assert re.fullmatch(rf"{live.SITE_URL}/digest/unsubscribe/[\w-]{{22}}/", link)
    assert link in text
    assert f'href="{link}"' in html
    known = {"subject", "from", "to", "date", "message-id", "list-id", "list-unsubscribe"}
    known |= {"list-unsubscribe-post", "auto-submitted", "content-type", "mime-version"}
    assert {name.lower() for name in mail.keys()} == known  # noqa: SIM118  a mail has no iterator of names
    everything = mail.as_string()
    assert alice.display_name not in everything
    assert "img" not in html


def test_every_members_mail_is_the_same_but_for_address_and_link(post_office, alice, bob, tags, asked):
    """Also of who wrote what it tells of, by name or anonymously (T-MAIL)."""
    make.thread("published", author=alice, anonymous=True, now=SAID)
    mails = []
    for account in (alice, bob):
        chosen(account, tags["us"], shows="excerpts")
    send_due(lambda: DUE)
    for account in (alice, bob):
        [mail] = post_office.to(account)
        mails.append(re.sub(r"unsubscribe/[\w=\n-]{22,26}/", "", mail.get_body(("plain",)).get_content()))
    assert mails[0] == mails[1]


def test_withdrawn_words_are_in_no_mail_that_is_still_to_come(post_office, alice, tags, asked):
    chosen(alice, tags["us"], shows="excerpts")
    withdraw(asked, by=asked.author, now=SAID)
    send_due(lambda: DUE)
    assert "hug" not in post_office.to(alice)[0].as_string()


def test_a_kept_link_cannot_be_made_of_the_row(post_office, alice, tags, asked, settings):
    mail, *_ = sent(post_office, alice, tags)
    token = mail["List-Unsubscribe"].rstrip("/>").rsplit("/", 1)[1]
    row = Digest.objects.values().get()
    assert token not in str(row)
    settings.SECRET_KEY = "another one, which a thief of the database would have to guess"
    Digest.objects.update(due=DUE, try_at=DUE, told_hour=SAID - timedelta(days=1))
    send_due(lambda: DUE)
    assert token not in post_office.mails[-1]["List-Unsubscribe"]
