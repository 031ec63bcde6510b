"""Audit events: the record of what was done to threads and posts, append-only, without texts."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

START = bytes(32)  # what stands before the first event of the chain
# Each value by one look into the index, however many events there are.
DISTINCT = """
    WITH RECURSIVE found(value) AS (
        SELECT min({column}) FROM moderation_auditevent
        UNION ALL
        SELECT (SELECT min({column}) FROM moderation_auditevent WHERE {column} > found.value)
        FROM found WHERE found.value IS NOT NULL
    )
    SELECT value FROM found WHERE value IS NOT NULL
"""
BY_FLAGS = (".flagged", ".hidden-by-flags")
ANSWERS = (".rewording-accepted", ".rewording-refused")
BY_AUTHORS = (
    ".submitted",
    ".resubmitted",
    "edit.changed",
    *ANSWERS,
    ".withdrawn",
    ".left",
    *BY_FLAGS,
    ".ended",  # by time
)
APPOINTED, BREAK_GLASS = "account.appointed-", "unmask."


HELD = {
    "sqlite": "SELECT seq, mac FROM moderation_audithead",
    "postgresql": "SELECT seq, mac FROM moderation_audithead FOR UPDATE",
}
MOVE = "UPDATE moderation_audithead SET seq = %s, mac = %s"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, *what: Any) -> "AuditEventQuerySet":
        """What was done to these very threads, posts or personas, the latest first."""
        return self.filter(about__in=[str(each) for each in what]).order_by("-seq")

    def by_moderators(self, *, also: Iterable[str] = ()) -> "AuditEventQuerySet":
        """And `also` these kinds of what happened by itself; nothing else that authors or members did."""
        return self.filter(Q(by__isnull=False) | Q(kind__in=also)).select_related("by")

    def shown_to(self, viewer: Any) -> "AuditEventQuerySet":
        """What moderators did, and who was appointed; for administrators who are none, without break-glass.

        Nothing that authors did: among numbered events it would tell the order of what one of them did
        within the same hour, under a name and not.
        """
        shown = self.filter(Q(by__isnull=False) | Q(kind__startswith=APPOINTED))
        if viewer.acts_as_moderator:
            return shown
        return shown.exclude(kind__startswith=BREAK_GLASS)

    def kinds_shown_to(self, viewer: Any) -> list[str]:
        left_out = () if viewer.acts_as_moderator else (BREAK_GLASS,)
        return [
            kind
            for kind in _distinct("kind")
            if not kind.endswith(BY_AUTHORS) and not kind.startswith(left_out)
        ]

    def moderators(self) -> list[int]:
        """The numbers of the accounts that ever did something."""
        return _distinct("by_id")


def _distinct(column: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(DISTINCT.format(column=column))
        return [value for (value,) in cursor.fetchall()]


class AuditEvent(models.Model):
    """`by` is a moderator; it stays empty for what an author did, under a name or not.

    Triggers of the database refuse to change or delete a sealed row. Rows without a seal are older than it.
    """

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80)  # "post <uuid>": ids only
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="audit_events"
    )
    hour = models.DateTimeField()
    prev = models.BinaryField(null=True, max_length=32)  # the seal of the event before
    mac = models.BinaryField(null=True, max_length=32)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["about", "seq"], name="events_about"),
            models.Index(fields=["kind", "seq"], name="events_of_a_kind"),
            models.Index(fields=["by", "seq"], name="events_by"),
        ]

    def __str__(self) -> str:
        return f"audit event {self.seq}"

    @property
    def deed(self) -> str:
        """What was done, in words: “Question published”."""
        return words_for(self.kind)


def words_for(kind: str) -> str:
    return kind.replace(".", " ").replace("-", " ").capitalize()


class AuditHeads(models.Manager["AuditHead"]):
    """Read and moved by statements as they are: with each deed, others wait for it."""

    def held(self) -> tuple[int, bytes]:
        """Number and seal of the newest event. Nobody else appends one until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(HELD[connection.vendor])
            if row := cursor.fetchone():
                return row[0], bytes(row[1])
        last = AuditEvent.objects.order_by("-seq").first()
        first = AuditHead(seq=last.seq, mac=last.mac or START) if last else AuditHead(seq=0, mac=START)
        self.bulk_create([first], ignore_conflicts=True)  # another may be quicker
        return self.held()

    def move(self, seq: int, mac: bytes) -> None:
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [seq, mac])


class AuditHead(models.Model):
    """Where the chain ends: one row, which whoever appends an event holds."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    seq = models.BigIntegerField()
    mac = models.BinaryField(max_length=32)

    objects = AuditHeads()

    def __str__(self) -> str:
        return f"head {self.seq}"
