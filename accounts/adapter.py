"""How allauth deals with our accounts: names shown, secrets sealed, sessions of moderators shortened."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


def display_name(account) -> str:
    return account.display_name


def shorten_session(request, account) -> None:
    if account.is_authenticated and account.is_moderator:
        request.session.set_expiry(settings.MODERATOR_SESSION_AGE)


class AccountAdapter(DefaultAccountAdapter):
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
