"""Notes: what moderators should know of a member. Who it is about has it in the export of their data."""

import uuid

from django.conf import settings
from django.db import models


class MemberNote(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    hour = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "hour"], name="notes_of_member")]

    def __str__(self) -> str:
        return f"note {self.pk}"
