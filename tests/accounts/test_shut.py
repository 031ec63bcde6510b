"""After a reset of somebody's credentials their anonymous pages stay shut, and they are told (leak 74)."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.management import CommandError, call_command, get_commands
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from accounts.actions.shut import RESET, shut_anonymous_pages
from forum.actions.notice_settings import choose_notices
from forum.models import NoticeSettings, Post
from forum.notices import fanout
from tests import make, typed
from tests.accounts.test_confirm import addresses

NEW = "eleven grey stones in rain"
HERE = "/my/anonymous/"
USUAL_HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} | {
    "Content-Transfer-Encoding"
}


def sign_in(email: str, password: str = make.PASSWORD) -> Client:
    client = Client(headers={"user-agent": "Netscape 4"})
    assert client.post("/accounts/login/", {"login": email, "password": password}).status_code == 303
    return client


def reset_by_mail(email: str) -> None:
    client = Client(headers={"user-agent": "Netscape 4"})
    client.post("/accounts/password/reset/", {"email": email})
    address = re.search(r"http://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert address
    page = client.get(address[1], follow=True)
    mail.outbox.clear()
    form = {"password1": NEW, "password2": NEW}
    assert client.post(page.request["PATH_INFO"], form).status_code == 303


def is_shut(client: Client) -> bool:
    answer = client.get(HERE)
    return answer.status_code == 403 and "These pages are shut until" in answer.content.decode()


def test_a_reset_by_mail_shuts_the_anonymous_pages_and_nothing_else(alice):
    make.thread("published", author=alice, anonymous=True)
    reset_by_mail(alice.email)
    alices = sign_in(alice.email, NEW)
    assert is_shut(alices)
    answer = alices.post(HERE, make.confirmation(password=NEW))
    assert answer.status_code == 403
    for address in ("/", "/ask/", "/inbox/", "/my/threads/", "/my/settings/profile/"):
        assert alices.get(address).status_code == 200
    alice.refresh_from_db()
    assert alice.anonymous_shut_until == timezone.now().date() + timedelta(days=7)
    assert f"{alice.anonymous_shut_until:%B %Y}" in alices.get(HERE).content.decode()


def test_meanwhile_the_inbox_holds_only_what_concerns_the_name(alice, mia, mo):
    for anonymous in (False, True):
        title = f"A question that was asked {'anonymously' if anonymous else 'by name'}"
        make.post(make.thread("published", author=alice, anonymous=anonymous, by=mia, title=title), author=mo)
    fanout.tell_all()
    client = Client()
    client.force_login(alice)
    assert "asked anonymously" in client.get("/inbox/").content.decode()
    choose_notices(NoticeSettings(account=alice, discreet=False))
    shut_anonymous_pages(alice, RESET, now=timezone.now())
    for address in ("/inbox/", "/inbox/since/0/"):
        page = client.get(address).content.decode()
        assert "asked by name" in page
        assert "asked anonymously" not in page


def test_meanwhile_nothing_is_written_anonymously_and_the_text_stays(vera, mia):
    """The label of a reply would tell who took the account over which persona is its owner's."""
    thread = make.thread("published", author=vera, anonymous=True, by=mia)
    shut_anonymous_pages(vera, RESET, now=timezone.now())
    client = Client()
    client.force_login(vera)
    body = "These words were typed with care, and they stay on the page that refuses them."
    for address, form in (
        ("/ask/", typed.question(body=body * 2)),
        (f"/threads/{thread.public_id}/act/perspective/", typed.reply(body=body, identity="anonymous")),
    ):
        answer = client.post(address, form)
        assert answer.status_code == 403
        assert "was set anew" in answer.content.decode()
        assert body in answer.content.decode()
    assert Post.objects.count() == 1


def test_they_open_again_after_seven_days(alice):
    now = timezone.now()
    for days, shut in ((0, True), (6, True), (7, False), (8, False)):
        shut_anonymous_pages(alice, RESET, now=now - timedelta(days=days))
        client = Client()
        client.force_login(alice)
        assert is_shut(client) is shut, days


def test_a_confirmation_from_before_opens_nothing_then_and_a_text_stays_readable(alice):
    alices = make.signed_in(alice)
    assert not is_shut(alices)
    shut_anonymous_pages(alice, RESET, now=timezone.now())
    assert is_shut(alices)
    answer = alices.post(f"{HERE}{'0' * 32}/", typed.reply(deed="clarify"))
    assert answer.status_code == 403
    assert f"{make.REPLY}</textarea>" in answer.content.decode()


def test_the_days_are_a_setting(alice, settings):
    settings.ANONYMOUS_LOCK_DAYS = 2
    shut_anonymous_pages(alice, RESET, now=make.NOW)
    assert alice.anonymous_pages_are_shut(make.NOW + timedelta(days=1))
    assert not alice.anonymous_pages_are_shut(make.NOW + timedelta(days=2))


def test_who_knows_the_old_password_may_change_it_without_that(alice):
    alices = sign_in(alice.email)
    form = {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW}
    assert alices.post("/accounts/password/change/", form).status_code == 303
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert alice.anonymous_shut_until is None
    assert not mail.outbox


def test_a_first_password_shuts_them_too(alice):
    alice.set_unusable_password()
    alice.save()
    client = Client()
    client.force_login(alice)
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 303
    assert is_shut(sign_in(alice.email, NEW))


def test_another_address_for_mails_shuts_them_and_both_addresses_are_told(alice):
    EmailAddress.objects.create(user=alice, email="other@example.org", verified=True)
    alices = sign_in(alice.email)
    alices.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    form = {"email": "other@example.org", "action_primary": ""}
    assert alices.post("/accounts/email/", form).status_code == 303
    alice.refresh_from_db()
    assert alice.email == "other@example.org"
    assert is_shut(alices)
    assert [letter.to for letter in mail.outbox] == [["alice@example.org"], ["other@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_taking_off_the_second_step_shuts_them(alice):
    TOTP.activate(alice, generate_totp_secret())
    client = Client()
    client.force_login(alice)
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 303
    assert not Authenticator.objects.exists()
    assert is_shut(client)
    assert "second step" in str(mail.outbox[0].body)


def test_signing_in_with_a_recovery_code_shuts_them(alice):
    TOTP.activate(alice, generate_totp_secret())
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]
    client = sign_in(alice.email)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 303
    assert is_shut(client)


def test_the_mail_says_what_was_changed_and_nothing_of_anonymity_or_of_who_did_it(alice, settings):
    reset_by_mail(alice.email)
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert letter.subject == "[Sounding Board] Your account was changed"
    body = str(letter.body)
    assert "The password of your account was set anew." in body
    assert "/accounts/password/reset/" in body
    assert set(letter.message().keys()) <= USUAL_HEADERS
    whole = f"{letter.subject} {body}".replace(settings.SITE_URL, "")
    for word in ("anonym", "127.0.0.1", "Netscape", "browser", "IP address", "shut", alice.display_name):
        assert word.lower() not in whole.lower(), word


def test_a_mail_server_that_is_down_undoes_nothing(alice, settings):
    shut_anonymous_pages(alice, RESET, now=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    shut_anonymous_pages(alice, RESET, now=timezone.now())
    alice.refresh_from_db()
    assert alice.anonymous_shut_until


@pytest.mark.embedded
def test_nobody_sets_the_password_or_the_address_of_somebody_else():
    """No command, and no address besides one's own, whatever the role."""
    with pytest.raises(CommandError, match="sets the password of somebody else"):
        call_command("changepassword", "alice@example.org")
    commands = {name for name in get_commands() if re.search(r"passw|e?mail|user|account|login", name)}
    theirs = {"account_unsetmultipleprimaryemails", "sendtestemail"}  # allauth's and Django's, harmless
    assert commands == theirs | {"changepassword", "createsuperuser"}
    under = {
        address for address, _ in addresses(get_resolver().url_patterns) if re.search(r"passw|email", address)
    }
    assert {re.sub(r"\^|\(\?P.*", "", each) for each in under} == {
        "/accounts/email/",
        "/accounts/confirm-email/",
        "/accounts/password/change/",
        "/accounts/password/set/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/",  # with a key that only a mail tells
        "/accounts/password/reset/key/done/",
    }
