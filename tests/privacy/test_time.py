"""T-TIME: no stored time brings an account nearer to an anonymous post than its hour."""

import base64
import json
import zlib
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.sessions import STEP
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
