"""The queue: what waits for a moderator's decision, and who is reading it now."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.access import may_moderate
from accounts.models.holding import Held, free_for
from forum.models import Edit, Facet, Flag, Post, Thread, ThreadTag
from moderation.clock import ACKNOWLEDGE_WITHIN, DECIDE_WITHIN
from moderation.models.appeal import Appeal

# The kinds of items that are no texts of their own:
EDIT = "edit"  # the author of a public one wants other words in its place
FLAG = "flag"  # members flagged a public one
APPEAL = "appeal"  # somebody asks that another moderator look at a decision
NO_TEXTS = (EDIT, FLAG, APPEAL)  # all other kinds are texts that wait themselves


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    def visible_to(self, viewer) -> "QueueItemQuerySet":
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.all()
        return self.none()

    def waiting(self) -> "QueueItemQuerySet":
        return self.filter(decided=False)

    def claimable(self, *, by, now: datetime) -> "QueueItemQuerySet":
        """Waiting items that nobody else is reading at `now`."""
        return self.waiting().filter(free_for(by, now))

    def held(self, *, now: datetime) -> "QueueItemQuerySet":
        """Waiting items that somebody is reading at `now`."""
        return self.waiting().filter(holder__isnull=False, held_until__gt=now)

    def forget_notes(self) -> None:
        """What was noted beside these items. None that has no note is written."""
        noted = ~Q(hold_reason="", handover_note="", answer="")
        self.filter(noted).update(hold_reason="", handover_note="", answer="")

    def suggested_to(self, account) -> "QueueItemQuerySet":
        """Waiting items that are for `account`, though anybody may take them."""
        return self.waiting().filter(suggested_to=account)


class QueueItem(Held, models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None of the appeal of a sanction alone.
    post: "models.ForeignKey[Post, Post]" = models.ForeignKey(  # type: ignore[misc]
        "forum.Post", models.CASCADE, null=True, related_name="queue_items"
    )
    # The post's, copied for lists and counts, which then read no post.
    thread: "models.ForeignKey[Thread, Thread]" = models.ForeignKey(  # type: ignore[misc]
        "forum.Thread", models.CASCADE, null=True, related_name="queue_items"
    )
    kind = models.CharField(max_length=13)  # the post's, EDIT, FLAG or APPEAL
    appeal = models.OneToOneField(Appeal, models.CASCADE, null=True, related_name="item")
    urgent = models.BooleanField(default=False)
    paged = models.BooleanField(default=False)  # a second moderator was told that it waits
    hour = models.DateTimeField()  # when it came in
    # Full hours from then until a moderator first took it up.
    taken_up_after = models.PositiveIntegerField(null=True, blank=True)
    decided = models.BooleanField(default=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="held_items"
    )
    held_until = models.DateTimeField(null=True, blank=True)
    # For whom it is while it waits; who had it before is in `suggestions`. An index of all, decided ones too,
    # would be taken before that of the few which wait.
    suggested_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    suggested_hour = models.DateTimeField(null=True, blank=True)
    # Under some topics the first of two moderators who have to agree to publish it, and of which version.
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    agreed_version = models.PositiveIntegerField(null=True, blank=True)
    # For moderators alone, and gone once the decision can't be undone any more: they may quote the text.
    hold_reason = models.CharField(max_length=300, blank=True)
    handover_note = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")  # of its author to changes that were proposed

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "kind"],
                condition=Q(decided=False) & ~Q(kind=APPEAL),
                name="one_waiting_item_per_post_and_kind",
            ),
            models.CheckConstraint(
                name="appeals_are_of_their_kind", condition=Q(kind=APPEAL) ^ Q(appeal__isnull=True)
            ),
            models.CheckConstraint(
                name="item_of_a_post_or_an_appeal",
                condition=Q(post__isnull=False, thread__isnull=False)
                | Q(post=None, thread=None, kind=APPEAL),
            ),
        ]
        indexes = [
            models.Index(fields=["-urgent", "hour", "id"], name="queue_in_order", condition=Q(decided=False)),
            # One kind's list in order, and how many there are of each, also under a tag, without reading the
            # table: SQLite looks at `decided` although the condition settles it.
            models.Index(
                fields=["kind", "-urgent", "hour", "id", "thread", "decided"],
                name="queue_by_kind",
                condition=Q(decided=False),
            ),
            models.Index(
                fields=["holder"], name="queue_held", condition=Q(decided=False, holder__isnull=False)
            ),
            models.Index(
                fields=["suggested_to"],
                name="queue_suggested",
                condition=Q(decided=False, suggested_to__isnull=False),
            ),
            # What came in within some days, by tag and by how long it took, without reading the table.
            models.Index(fields=["hour", "thread", "taken_up_after"], name="queue_came_in"),
        ]

    def __str__(self) -> str:
        return f"queue item {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:item", args=[self.pk])

    @property
    def flags(self) -> models.QuerySet[Flag]:
        """What members say of the text, as long as nobody has decided; never who."""
        flags = Flag.objects.open().filter(post=self.post_id).order_by("pk")
        return flags if self.kind == FLAG and not self.decided else flags.none()

    @property
    def is_text(self) -> bool:
        """Whether the text itself waits, and not what somebody says of it or in its place."""
        return self.kind not in NO_TEXTS

    @property
    def edit(self) -> Edit | None:
        """The other words for its text: those to be decided about, or a proposal that its author knows of."""
        if self.kind in (FLAG, APPEAL):
            return None
        edits = Edit.objects.filter(post=self.post_id, proposed=self.kind != EDIT)
        return edits.select_related("post__thread").first()

    @property
    def about(self) -> Any:
        """What the record says was decided about: the post, or the account that a sanction was given to."""
        if self.appeal and self.appeal.sanction:
            return f"account {self.appeal.sanction.account_id}"
        return self.post

    @property
    def version(self) -> int:
        """Of what is to be decided about: the text, its edit, its flags. It changes with each of them."""
        if self.post_id is None:
            return 1
        flags = sum(self.flags.values_list("version", flat=True)) if self.kind == FLAG else 0
        edit = self.edit if self.kind == EDIT else None
        return self.post.version + flags + (edit.version if edit else 0)

    @property
    def takes_two(self) -> bool:
        """Whether two moderators have to agree to publish it, or its edit. Flags and appeals one decides."""
        two = ThreadTag.objects.filter(tag__facet=Facet.TOPIC, tag__slug__in=settings.TWO_MODERATORS_TOPICS)
        return self.kind not in (FLAG, APPEAL) and two.filter(content_object=self.thread_id).exists()

    @property
    def agreed(self) -> Any:
        """The moderator who has agreed to what its text says now, and still is one; or None."""
        counts = self.agreed_version == self.version and self.agreed_by and may_moderate(self.agreed_by)
        return self.agreed_by if counts else None

    @property
    def acknowledge_by(self) -> datetime:
        return self.hour + ACKNOWLEDGE_WITHIN

    @property
    def decide_by(self) -> datetime:
        return self.hour + DECIDE_WITHIN
