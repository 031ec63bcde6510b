"""Accounts: the people in the open. Nothing here says who wrote an anonymous post."""

import os
from datetime import UTC, date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property


def new_anon_ref() -> bytes:
    return os.urandom(16)


def today(now: datetime) -> date:
    return now.astimezone(UTC).date()


class AccountQuerySet(models.QuerySet["Account"]):
    def moderators(self) -> "AccountQuerySet":
        """Who acts as one: with the second factor that this installation asks of moderators."""
        found = self.filter(is_moderator=True, is_active=True)
        if settings.SECOND_FACTOR_FOR_MODERATORS:
            from allauth.mfa.models import Authenticator  # which needs this model

            found = found.filter(Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
        return found

    def in_order(self) -> "AccountQuerySet":
        return self.order_by("display_name", "pk")

    def after(self, last: "Account | None") -> "AccountQuerySet":
        """Those that follow `last` in that order; all without one."""
        if last is None:
            return self
        later = Q(display_name__gt=last.display_name) | Q(pk__gt=last.pk)
        return self.filter(later, display_name__gte=last.display_name)


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)["Account"]):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields) -> "Account":
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "Account":
        """An administrator, as `manage.py createsuperuser` asks for."""
        return self.create_user(email, password, is_administrator=True, **fields)

    def leaving(self) -> models.QuerySet["Account"]:
        """Accounts that are locked and wait for the night, in which their links are cut."""
        return self.filter(leaving_on__isnull=False)


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
    verified_until = models.DateField(null=True, editable=False)  # the longest of its verifications
    is_moderator = models.BooleanField(default=False)
    is_administrator = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    leaving_on = models.DateField(null=True, editable=False)
    anonymous_shut_until = models.DateField(null=True, editable=False)
    anon_ref = models.BinaryField(max_length=16, unique=True, default=new_anon_ref, editable=False)
    inbox_seal = models.BinaryField(null=True, editable=False)  # see forum/notices/reading.py

    last_login = None  # an instant next to an anonymous post's hour would help to match them

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        indexes = [models.Index(fields=["display_name", "id"], name="accounts_by_name")]

    @cached_property
    def acts_as_moderator(self) -> bool:
        """A moderator with the second factor that this installation asks of moderators."""
        from allauth.mfa.utils import is_mfa_enabled  # which needs this model

        if not self.is_moderator:
            return False
        return not settings.SECOND_FACTOR_FOR_MODERATORS or is_mfa_enabled(self)

    def anonymous_pages_are_shut(self, now: datetime) -> bool:
        """Whether /my/anonymous/ stays shut since somebody set this account's credentials anew."""
        until = self.anonymous_shut_until
        return until is not None and today(now) < until

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def is_verified(self) -> bool:
        """A clinician whose licence a moderator looked up, in some discipline, within the year."""
        return self.verified_until is not None and today(timezone.now()) <= self.verified_until

    def checked_disciplines(self) -> set[int]:
        """The numbers of the disciplines in which it is verified."""
        in_force = self.verifications.in_force(today(timezone.now()))
        return set(in_force.values_list("discipline", flat=True))
