"""Audit events: the record of what was done to threads and posts, append-only, without texts."""

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """`by` is a moderator; it stays empty for what an author did, under a name or not."""

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80)  # "post <uuid>": ids only
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="audit_events"
    )
    hour = models.DateTimeField()

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"audit event {self.seq}"
