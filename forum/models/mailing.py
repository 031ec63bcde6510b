"""What is kept of the link that ends a kind of mails (RFC 8058): a salt, and the hash of its token."""

import os
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models

SALT_BYTES = 16


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


class Mailing(models.Model):
    """One account's place on one list of mails."""

    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt)
    token_hash = models.BinaryField(max_length=32, unique=True)
    zone = models.CharField(max_length=64, blank=True)  # "" until the member chose one

    class Meta:
        abstract = True

    @property
    def clock(self) -> tzinfo:
        """The member's; UTC where there is none, or none any more: that stops no mail and breaks no page."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC
