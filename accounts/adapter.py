"""How allauth deals with our accounts: names shown, secrets sealed, sessions of moderators shortened."""

import base64
import hashlib
import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings

from accounts.access import Refused

log = logging.getLogger(__name__)


def display_name(account) -> str:
    return account.display_name


def shorten_session(request, account) -> None:
    if account.is_authenticated and account.is_moderator:
        request.session.set_expiry(settings.MODERATOR_SESSION_AGE)


class MailDown(Refused):
    """No mail can be sent just now; what was done before it stays done."""

    status = 503


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix, email, context):
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as fault:  # smtplib's errors are OSErrors too
            log.error("mail can't be sent: %s", type(fault).__name__)
            raise MailDown(
                "The mail to you could not be sent just now. Please try again in a few minutes; if you were "
                "joining, sign in with the address and password you chose, and we send the code again."
            ) from fault

    def post_login(self, request, user, **kwargs):
        shorten_session(request, user)
        return super().post_login(request, user, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors sealed at rest: allauth stores them in clear."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"second factor").digest()
    return Fernet(base64.urlsafe_b64encode(key))
