"""T-TIME: no stored time brings an account nearer to an anonymous post than its hour."""

import base64
import json
import zlib
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from math import comb
from random import Random
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import DateField
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from anonymity.hour import hour_of
from config.sessions import STEP, SessionStore
from forum.actions.ask import ask_as_persona
from forum.models import Post, Thread
from tests import make


def sign_in(email: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": make.PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def read_by_a_thief(row: Session) -> dict:
    """What a session's row says to whoever has no key: it is signed, not sealed."""
    data = row.session_data.partition(":")[0]
    packed = data.removeprefix(".")
    content = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return json.loads(zlib.decompress(content) if data.startswith(".") else content)


def test_a_members_session_ends_at_midnight(alice):
    sign_in(alice.email)
    (row,) = Session.objects.all()
    assert (row.expire_date.hour, row.expire_date.minute, row.expire_date.second) == (0, 0, 0)
    assert row.expire_date.microsecond == 0
    assert timedelta(days=14) <= row.expire_date - timezone.now() <= timedelta(days=15)


def test_a_moderators_session_ends_at_a_full_hour(mia):
    sign_in(mia.email)
    (row,) = Session.objects.all()
    assert (row.expire_date.minute, row.expire_date.second, row.expire_date.microsecond) == (0, 0, 0)
    assert timedelta(hours=12) <= row.expire_date - timezone.now() <= timedelta(hours=13)


def test_the_data_of_a_session_holds_no_instant(alice):
    sign_in(alice.email)
    (row,) = Session.objects.all()
    assert row.session_data.count(":") == 1  # data and signature: no time between them
    records = read_by_a_thief(row)["account_authentication_methods"]
    assert [record["at"] % STEP for record in records] == [0]
    assert records[0]["at"] >= timezone.now().timestamp() - STEP


def test_a_session_is_known_again_until_its_data_is_changed(alice):
    client = sign_in(alice.email)
    assert client.get("/my/threads/").status_code == 200
    Session.objects.update(session_data="x" + Session.objects.get().session_data)
    assert client.get("/my/threads/").status_code == 302


MEMBERS, ANONYMOUS = 40, 200
Times = dict[int, list[datetime]]  # of each account


@pytest.fixture
def busy_weeks(tags, settings) -> list[tuple[int, datetime]]:
    """Forty members who signed in, wrote under their names and asked anonymously at independent times.

    Who asked what: each anonymous question's author with its hour, which is all that a thief has of it.
    """
    settings.THREADS_A_DAY = 1000
    dice = Random(5)

    def instant() -> datetime:
        return make.NOW + timedelta(days=dice.uniform(0, 13))

    people = [
        Account(email=f"{number}@example.org", display_name=f"Member {number}") for number in range(MEMBERS)
    ]
    Account.objects.bulk_create(people)
    for account in people:
        sign_in_at(account, instant())
        named = [(account, instant()) for _ in range(5)]
        threads = [thread_of(*each) for each in named]
        Thread.objects.bulk_create(threads)
        Post.objects.bulk_create(post_of(thread) for thread in threads)
    # One of each by the deed itself; of the others, which would take long, the hour says as much.
    asked = [(dice.choice(people).pk, hour_of(instant())) for _ in range(ANONYMOUS - MEMBERS)]
    for account in people:
        now = instant()
        with mock.patch("django.utils.timezone.now", return_value=now):
            asked.append((account.pk, ask_as_persona(make.draft(), account=account, now=now).hour))
    return asked


def sign_in_at(account: Account, now: datetime) -> None:
    with mock.patch("django.utils.timezone.now", return_value=now):
        session = SessionStore()
        session["_auth_user_id"] = str(account.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": now.timestamp()}]
        session.save()


def thread_of(account: Account, now: datetime) -> Thread:
    hour = hour_of(now)
    return Thread(title=make.TITLE, slug="question", author=account, hour=hour, active_hour=hour)


def post_of(thread: Thread) -> Post:
    times = {"hour": thread.hour, "submitted_hour": thread.hour}
    text = {"body": make.BODY, "html": make.BODY, "renderer_version": 1}
    return Post(thread=thread, author=thread.author, kind="question", **times, **text)


def stored_times() -> Times:
    """Every time in a row that names an account or is one, and those inside its sessions."""
    found: Times = defaultdict(list)
    for model in apps.get_models():
        keys = [field.name for field in model._meta.concrete_fields if field.related_model is Account]
        keys += ["pk"] * (model is Account)
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, DateField)]
        for key in keys if columns else []:
            for account, *times in model._base_manager.values_list(key, *columns):
                found[account] += [as_instant(each) for each in times if each]
    for row in Session.objects.all():
        data = read_by_a_thief(row)
        account = int(data["_auth_user_id"])
        found[account].append(row.expire_date - timedelta(days=14))
        for record in data["account_authentication_methods"]:
            found[account].append(datetime.fromtimestamp(record["at"], UTC))
    found.pop(None, None)
    return found


def as_instant(stored: date) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.combine(stored, time(), UTC)


def named_first(times: Times, asked: list[tuple[int, datetime]]) -> float:
    """How often the author is the account with the nearest time; of equally near ones, one is drawn."""
    hits = 0.0
    for author, hour in asked:
        distance = {
            account: min((abs(each - hour) for each in own), default=timedelta.max)
            for account, own in times.items()
        }
        nearest = [account for account, far in distance.items() if far == min(distance.values())]
        hits += (author in nearest) / len(nearest)
    return hits


def by_chance(share: float) -> int:
    """The most hits that drawing lots would have, but in one of 200 cases (the end of a 99 % interval)."""
    chance, total, hits = 1 / MEMBERS, 0.0, -1
    while total < share:
        hits += 1
        total += comb(ANONYMOUS, hits) * chance**hits * (1 - chance) ** (ANONYMOUS - hits)
    return hits


def test_whose_stored_times_are_nearest_to_a_post_is_a_matter_of_chance(busy_weeks):
    times = stored_times()
    assert len(times) == MEMBERS
    assert min(map(len, times.values())) >= 10
    assert named_first(times, busy_weeks) <= by_chance(0.995)
    for author, hour in busy_weeks:
        times[author].append(hour + timedelta(minutes=20))
    assert named_first(times, busy_weeks) > 5 * by_chance(0.995)  # an instant left behind would name them
