"""What the demonstration holds, and what its removal takes: loaded once, each test rolled back to that."""

from collections import Counter
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from anonymity import vault
from forum import demo
from forum.models import Event, Kind, Persona, Post, Standing, Tag, Thread, ThreadMark
from forum.notices.inbox import Inbox
from moderation.demo.load import load, read
from moderation.demo.remove import remove
from moderation.models import AuditEvent, QueueItem
from tests import make
from tests.tables import rows

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.embedded]


@pytest.fixture(scope="module")
def played(once) -> None:
    load(now=make.NOW)


@pytest.fixture
def loaded(played, db) -> None:
    cache.clear()


def test_the_story_is_told_whole(loaded):
    story = read()
    published = Thread.objects.listed()
    assert published.count() == len(story["scenarios"]) == 60
    assert not published.filter(is_demo=False).exists()
    assert published.filter(author=None).count() == 42
    assert Post.objects.published().filter(kind=Kind.CONSULTATION).count() == 115
    updates = sum(len(row["updates"]) for row in story["scenarios"])
    assert Post.objects.published().filter(kind=Kind.UPDATE).count() == updates


def test_every_reply_stands_where_the_story_says(loaded):
    told = {reply["body"]: reply for row in read()["scenarios"] for reply in row["replies"]}
    assert len(told) == 115
    for standing in Standing.objects.select_related("post", "discipline"):
        reply = told.pop(standing.post.body)
        assert standing.outside_discipline == reply["outside_discipline"]
        assert standing.post.aspects == reply["aspects"]
        assert standing.level == "moderator"
    assert not told


def test_counts_and_marks_are_those_of_the_posts(loaded):
    for thread in Thread.objects.listed():
        kinds = Counter(thread.posts.published().values_list("kind", flat=True))
        counted = (thread.consultation_count, thread.update_count, thread.reply_count)
        assert counted == (kinds["consultation"], kinds["update"], kinds["consultation"] + kinds["update"])
    assert ThreadMark.objects.filter(kind="aspect").exists()
    assert Tag.objects.get(slug="us").thread_count == Thread.objects.listed().filter(tags__slug="us").count()


def test_the_story_ends_today_and_runs_in_order(loaded, now):
    hours = list(Event.objects.order_by("pk").values_list("hour", flat=True))
    assert hours == sorted(hours)
    assert hours[-1] <= now
    assert now - timedelta(days=365) < hours[0] < now - timedelta(days=200)


def test_nobody_asks_more_in_a_day_than_the_rules_allow(loaded):
    asked = Counter()
    for account in Account.objects.filter(is_demo=True):
        for persona in Persona.objects.filter(pk__in=vault.personas_of(account)).select_related("thread"):
            asked[account, persona.thread.hour.date()] += 1
    assert sum(asked.values()) == 43  # with the one that waits
    assert max(asked.values()) <= 3


def test_four_texts_wait_for_a_moderator_one_of_them_urgent(loaded):
    waiting = Counter(QueueItem.objects.waiting().values_list("kind", "urgent"))
    assert waiting == {
        ("question", True): 1,
        ("question", False): 1,
        ("clarification", False): 1,
        ("update", False): 1,
    }


def test_the_clinician_has_threads_under_both_names_and_news_of_both(loaded, now):
    clinician = Account.objects.get(email=demo.LOGINS["clinician"])
    personas = vault.personas_of(clinician)
    assert clinician.is_verified
    assert Thread.objects.filter(author=clinician).count() == 1
    assert Thread.objects.filter(personas__in=personas).count() == 3
    unread = Inbox(clinician).unread_notices
    assert unread.filter(account=clinician).exists()
    assert unread.filter(persona__in=personas).exists()
    assert not unread.filter(event__hour__lt=now - timedelta(days=14)).exists()
    assert Inbox(clinician).unread


def test_only_the_three_log_ins_open_with_the_password(loaded):
    openable = [account.email for account in Account.objects.all() if account.check_password(demo.PASSWORD)]
    assert sorted(openable) == sorted(demo.LOGINS.values())
    unconfirmed = Account.objects.exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user"))
    assert not unconfirmed.exists()


def test_the_moderator_speaks_as_the_story_has_her(loaded):
    marisol = Account.objects.get(email=demo.LOGINS["moderator"])
    assert (marisol.display_name, marisol.credential) == ("Marisol V.", "LPC")
    assert [tag.slug for tag in marisol.disciplines.all()] == ["professional-counselor"]
    assert [tag.slug for tag in marisol.jurisdictions.all()] == ["us-co"]


def test_a_second_load_adds_nothing(loaded, now):
    before = rows()
    assert load(now=now + timedelta(days=1)) == 0
    assert rows() == before


def test_a_site_in_earnest_refuses_known_passwords_unless_told(settings, loaded):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="known to everybody"):
        call_command("load_demo")
    call_command("load_demo", "--accept-known-passwords")


def test_only_moderators_on_record_stay_locked_and_without_a_name(loaded):
    on_record = set(AuditEvent.objects.exclude(by=None).values_list("by", flat=True))
    remove()
    left = Account.objects.all()
    assert {account.pk for account in left} == on_record
    for account in left:
        assert (account.display_name, account.is_active) == ("Former demonstration account", False)
        assert not account.has_usable_password()
        assert account.email.endswith(".invalid")


def test_what_visitors_asked_under_a_demo_name_goes_too_and_what_they_asked_anonymously_stays(loaded, now):
    clinician = Account.objects.get(email=demo.LOGINS["clinician"])
    make.thread(author=clinician, now=now)
    anonymous = make.thread(author=clinician, anonymous=True, now=now)
    remove()
    assert Thread.objects.get() == anonymous


def test_a_reply_of_a_demo_moderator_in_a_real_thread_stays(loaded, now, alice, mia):
    thread = make.thread("published", author=alice, by=mia, now=now)
    post = make.post(thread, author=Account.objects.get(email=demo.LOGINS["moderator"]), now=now)
    remove()
    assert Post.objects.get(pk=post.pk).byline == "Former demonstration account"


def test_it_can_be_loaded_again_after_removal(loaded, now):
    remove()
    assert load(now=now) == 62


def test_pages_know_whether_it_is_loaded_at_one_query_at_most(loaded):
    with CaptureQueriesContext(connection) as queries:
        assert demo.is_loaded()
        assert demo.is_loaded()
    assert len(queries) == 1
    Thread.objects.update(is_demo=False)
    demo.forget()
    assert not demo.is_loaded()
