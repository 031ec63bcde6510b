"""How far notices were mailed: one row for the whole board."""

from django.db import models


class MailRound(models.Model):
    # Sealed, because it says which notices are of which half-hour, and posts tell of the hour only.
    seal = models.BinaryField(default=b"")
    # When a worker may take it up: now, after a failure, or when another's time is over.
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return "the round of mails"
