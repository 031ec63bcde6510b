"""The door of /my/anonymous/: who comes in, for how long, and that it leaves no trace (leaks 5, 15, 75)."""

import re
from hashlib import md5, sha1, sha256

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import confirm
from accounts.limits import TRIES
from forum import demo
from forum.models import Post, Thread
from tests import make, typed
from tests.pages import masked
from tests.privacy.test_write import Written

pytestmark = pytest.mark.embedded

ASKS = b"Confirm that it is you"
HERE = "/my/anonymous/"
LATER = confirm.LASTS + 1


@pytest.fixture
def alices(client, alice) -> Client:
    """A browser in which Alice has signed in, and no more."""
    client.force_login(alice)
    return client


def asked(client: Client, address: str = HERE) -> bool:
    return ASKS in client.get(address).content


def tools(client: Client) -> str:
    found = re.search(r"/my/anonymous/[0-9a-f]{32}/", client.get(HERE).content.decode())
    assert found
    return found[0]


def later(monkeypatch, seconds: int) -> None:
    """Let cookies be that much older."""
    from django.core import signing

    now = signing.time.time
    monkeypatch.setattr(signing, "time", type("Clock", (), {"time": staticmethod(lambda: now() + seconds)}))


def addresses(patterns, prefix: str = ""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield f"/{prefix}{pattern.pattern}", pattern.callback


def test_every_address_under_it_asks():
    under = {
        address: view for address, view in addresses(get_resolver().url_patterns) if address.startswith(HERE)
    }
    assert len(under) > 2
    assert not [address for address, view in under.items() if not getattr(view, "asks_who_it_is", False)]


def test_the_password_opens_the_page_that_was_asked_for(alice, alices):
    make.thread("published", author=alice, anonymous=True)
    page = alices.get(HERE)
    assert page.status_code == 200
    assert ASKS in page.content
    assert make.TITLE.encode() not in page.content
    answer = alices.post(HERE, make.confirmation())
    assert (answer.status_code, answer["Location"]) == (303, HERE)
    assert make.TITLE.encode() in alices.get(HERE).content


def test_a_wrong_password_is_told_beside_the_field(alices):
    answer = alices.post(HERE, make.confirmation(password="wrong but long enough"))
    assert answer.status_code == 422
    assert b'id="id_confirm-password_error"' in answer.content
    assert b"wrong but long enough" not in answer.content
    assert asked(alices)


@pytest.mark.parametrize(
    "target", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"]
)
def test_it_leads_nowhere_else(alices, target):
    form = {**make.confirmation(), "next": target}
    assert alices.post(f"{HERE}?next={target}", form)["Location"].startswith(HERE)


def test_it_holds_ten_minutes_from_the_last_look(alices, monkeypatch):
    make.confirmed(alices)
    first = alices.cookies[confirm._cookie_name()].value
    later(monkeypatch, confirm.LASTS - 60)  # a slow machine takes some of it
    assert not asked(alices)
    assert alices.cookies[confirm._cookie_name()].value != first
    later(monkeypatch, confirm.LASTS - 60)  # a slow machine takes some of it
    assert not asked(alices)
    later(monkeypatch, LATER)
    assert asked(alices)


def test_the_cookie_is_kept_from_scripts_other_sites_other_pages_and_the_next_day(alices, settings):
    for secure in (False, True):
        settings.SESSION_COOKIE_SECURE = secure
        cookie = alices.post(HERE, make.confirmation()).cookies[confirm._cookie_name()]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", HERE)
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert bool(cookie["secure"]) is secure
        assert cookie.key.startswith("__Secure-") is secure


def test_a_cookie_of_somebody_else_of_an_older_session_or_a_forged_one_opens_nothing(alice, bob, alices):
    make.confirmed(alices)
    name = confirm._cookie_name()
    hers = alices.cookies[name].value
    his = make.signed_in(bob).cookies[name].value
    older = make.signed_in(alice).cookies[name].value
    for value in (his, older, hers[:-1] + ("A" if hers[-1] != "A" else "B"), f"x{hers}", "", "a:b:c"):
        alices.cookies[name] = value
        assert asked(alices), value
        assert alices.post(f"{HERE}{'0' * 32}/withdraw/").status_code == 403
    alices.cookies[name] = hers
    assert not asked(alices)


def test_signing_out_takes_the_cookie_and_what_the_browser_holds(alice, alices):
    make.confirmed(alices)
    kept = alices.cookies[confirm._cookie_name()].value
    answer = alices.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[confirm._cookie_name()]["max-age"] == 0
    assert answer.cookies[confirm._cookie_name()]["path"] == HERE
    alices.force_login(alice)
    alices.cookies[confirm._cookie_name()] = kept
    assert asked(alices)
    assert "Clear-Site-Data" not in alices.get("/").headers


@pytest.mark.parametrize("deed", ["clarify", "update", "revise"])
def test_a_text_sent_too_late_waits_in_the_page_and_is_sent_with_the_password(
    alice, alices, monkeypatch, deed
):
    make.thread("returned" if deed == "revise" else "published", author=alice, anonymous=True)
    make.confirmed(alices)
    address = tools(alices)
    later(monkeypatch, LATER)
    words = f"{make.BODY} {typed.CANARY}"
    form = (
        typed.anew(Post.objects.get(), body=words) if deed == "revise" else typed.reply(deed=deed, body=words)
    )

    answer = alices.post(address, form)
    assert answer.status_code == 403
    assert ASKS in answer.content
    assert f"{words}</textarea>" in answer.content.decode()
    assert not Post.objects.filter(body=words).exists()
    shown = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', answer.content.decode()))
    assert {name: shown[name] for name in ("id", "deed", "body", "confirm-then")} == {
        "id": form["id"], "deed": deed, "body": words, "confirm-then": "send",
    }  # fmt: skip

    wrong = alices.post(address, {**form, **make.confirmation("send", "wrong but long enough")})
    assert wrong.status_code == 422
    assert f"{words}</textarea>" in wrong.content.decode()
    sent = alices.post(address, {**form, **make.confirmation("send")})
    assert (sent.status_code, sent["Location"]) == (303, "/ask/sent/")
    assert Post.objects.get(body=words).state == "pending"
    assert not asked(alices)


def test_withdrawing_too_late_asks_first(alice, alices, monkeypatch):
    make.thread("published", author=alice, anonymous=True)
    make.confirmed(alices)
    address = f"{tools(alices)}withdraw/"
    later(monkeypatch, LATER)
    assert alices.post(address).status_code == 403
    assert Thread.objects.get().state == "published"
    assert alices.post(address, make.confirmation("send")).status_code == 303
    assert Thread.objects.get().state == "withdrawn"


def test_a_form_that_keeps_what_was_typed_never_holds_the_password(alice, alices, settings):
    make.thread("published", author=alice, anonymous=True)
    make.confirmed(alices)
    address = tools(alices)
    settings.REPLIES_A_DAY = 0
    alices.cookies.pop(confirm._cookie_name())
    answer = alices.post(address, {**typed.reply(deed="clarify"), **make.confirmation("send")})
    assert answer.status_code == 429
    assert make.REPLY in answer.content.decode()
    assert make.PASSWORD not in answer.content.decode()
    assert "confirm-" not in answer.content.decode()


def test_many_wrong_passwords_are_refused_for_a_while_and_keep_the_text(alice, alices):
    """Also with the right one, and from another browser of the account; not for anybody else."""
    wrong = make.confirmation(password="wrong but long enough")
    assert {alices.post(HERE, wrong).status_code for _ in range(TRIES)} == {422}
    answer = alices.post(HERE, make.confirmation())
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()
    elsewhere = Client()
    elsewhere.force_login(alice)
    form = {**typed.reply(deed="clarify"), **make.confirmation("send")}
    answer = elsewhere.post(f"{HERE}{'0' * 32}/", form)
    assert answer.status_code == 429
    assert make.REPLY in answer.content.decode()
    make.signed_in(make.account())


def test_a_right_password_leaves_no_count_behind(alices):
    alices.post(HERE, make.confirmation(password="wrong but long enough"))
    assert any(map(is_tag, remembered()))
    make.confirmed(alices)
    assert not any(map(is_tag, remembered()))


def remembered() -> set[str]:
    """The keys of every cache of this process."""
    return {key for each in caches.all() for key in getattr(each, "_cache", {})}


def is_tag(key: str) -> bool:
    return bool(re.search(r":[0-9a-f]{32}$", key))


def test_the_count_is_kept_under_no_name_of_the_account(alice, alices):
    """T-CACHE: neither its number nor its address, nor a plain hash of either."""
    known = remembered()
    alices.post(HERE, make.confirmation(password="wrong but long enough"))
    fresh = {key for key in remembered() - known if not key.endswith(demo.KEY)}
    assert fresh
    names = [str(alice.pk), alice.email, str(alices.session.session_key)]
    hashes = [hashed(name.encode()).hexdigest() for name in names for hashed in (md5, sha1, sha256)]
    for key in fresh:
        name = key.rpartition(":")[2]
        assert is_tag(key)
        assert name not in names
        assert not any(each.startswith(name) for each in hashes)
        assert alice.email not in key


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("password", [make.PASSWORD, "wrong but long enough"])
def test_confirming_writes_nothing(alices, password, settings):
    """T-WRITE: neither a row nor the session; nor a message, which would be a cookie. Old hashes stay too."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    alices.get(HERE)  # the first use of a vault writes the check of its key
    with Written() as written:
        alices.get(HERE)
        answer = alices.post(HERE, make.confirmation(password=password))
        alices.get(HERE)
    assert not written.statements
    assert set(answer.cookies) <= {confirm._cookie_name(), "csrftoken"}


def test_no_page_behind_it_is_kept_or_told_by_a_browser(alice, alices):
    """T-HDR. A referrer goes to this site at most: without any, a browser sends no origin, and forms fail."""
    make.thread("published", author=alice, anonymous=True)
    closed = alices.get(HERE)
    make.confirmed(alices)
    for page in (
        closed,
        alices.get(HERE),
        alices.get(tools(alices)),
        alices.post(f"{HERE}{'0' * 32}/withdraw/"),
    ):
        assert page["Cache-Control"] == "private, no-store"
        assert page["Referrer-Policy"] == "same-origin"
        assert not {"ETag", "Last-Modified", "Expires"} & set(page.headers)


def test_the_page_that_asks_is_the_same_for_whoever_wrote_something_and_whoever_did_not(alice, bob):
    make.thread("published", author=alice, anonymous=True)
    pages = []
    for account in (alice, bob):
        client = Client()
        client.force_login(account)
        pages.append(masked(client.get(HERE)).replace(account.display_name.encode(), b"somebody"))
    assert pages[0] == pages[1]


def test_who_has_an_app_gives_its_code_too_and_each_code_once(mia, client, monkeypatch):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(mia, secret)
    client.force_login(mia)
    counter = next(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([counter]))  # half a minute lasts
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert client.post(HERE, make.confirmation()).status_code == 422
    answer = client.post(HERE, {**make.confirmation(), "confirm-code": wrong})
    assert answer.status_code == 422
    assert b'id="id_confirm-code_error"' in answer.content
    right = {**make.confirmation(), "confirm-code": code}
    assert client.post(HERE, {**right, "confirm-password": "wrong but long enough"}).status_code == 422
    with Written() as written:
        assert client.post(HERE, right).status_code == 303
    assert not written.statements
    assert Authenticator.objects.get().last_used_at is None
    client.cookies.pop(confirm._cookie_name())
    assert client.post(HERE, right).status_code == 422


@pytest.mark.parametrize("checks", [True, False], ids=["the form's secret is old", "signed out"])
def test_no_page_that_keeps_a_text_ever_holds_the_password(alice, checks):
    """It was typed into a page that asked for it after somebody had signed out or in elsewhere."""
    client = Client(enforce_csrf_checks=checks)
    if checks:
        client.force_login(alice)
    form = {**make.confirmation(), "confirm-code": "123456", "body": "A text worth keeping."}
    answer = client.post(HERE, form)
    assert answer.status_code in (401, 403)
    page = answer.content.decode()
    assert "A text worth keeping." in page
    assert make.PASSWORD not in page
    assert "123456" not in page


def test_an_account_without_a_password_is_told_how_to_get_one(alice, alices):
    alice.set_unusable_password()
    alice.save()
    alices.force_login(alice)
    page = alices.get(HERE).content.decode()
    assert "your account has none" in page
    assert "/accounts/password/reset/" in page
    assert "confirm-password" not in page
    assert alices.post(HERE, make.confirmation()).status_code == 422
