"""Employers: where a member says they work. Nobody reads it but themself; it only keeps moderators apart."""

import re
import unicodedata

from django.conf import settings
from django.db import models

NAME_MAX = 120


def key_of(name: str) -> str:
    """What is compared: without case, signs, accents and spaces that somebody else might type otherwise."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’")
    return " ".join(re.findall(r"\w+", letters))[:NAME_MAX]


class Employer(models.Model):
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="employers")
    name = models.CharField(max_length=NAME_MAX)  # as typed
    key = models.CharField(max_length=NAME_MAX)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_employer_per_account_and_key")
        ]
        indexes = [models.Index(fields=["key", "account"], name="employers_by_key")]

    def __str__(self) -> str:
        return f"employer {self.pk}"
