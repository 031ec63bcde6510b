"""Accounts: the people in the open. Nothing here says who wrote an anonymous post."""

import os

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property


def new_anon_ref() -> bytes:
    return os.urandom(16)


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "Account":
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "Account":
        """An administrator, as `manage.py createsuperuser` asks for."""
        return self.create_user(email, password, is_administrator=True, **fields)


class Account(AbstractBaseUser):
    email = models.EmailField("email address", unique=True)
    display_name = models.CharField("display name", max_length=60)
    credential = models.CharField(max_length=60, blank=True)
    disciplines = models.ManyToManyField(
        "forum.Tag", blank=True, related_name="+", limit_choices_to={"facet": "discipline"}
    )
    jurisdictions = models.ManyToManyField(
        "forum.Tag", blank=True, related_name="+", limit_choices_to={"facet": "jurisdiction"}
    )
    is_active = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=False)
    is_moderator = models.BooleanField(default=False)
    is_administrator = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    anon_ref = models.BinaryField(max_length=16, unique=True, default=new_anon_ref, editable=False)

    last_login = None  # an instant next to an anonymous post's hour would help to match them

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    @cached_property
    def acts_as_moderator(self) -> bool:
        """A moderator with the second factor that this installation asks of moderators."""
        from allauth.mfa.utils import is_mfa_enabled  # which needs this model

        if not self.is_moderator:
            return False
        return not settings.SECOND_FACTOR_FOR_MODERATORS or is_mfa_enabled(self)

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def level(self) -> str:
        """How well the board knows this clinician: shown in the standing of a reply."""
        if self.is_moderator:
            return "moderator"
        return "verified" if self.is_verified else "self-declared"
