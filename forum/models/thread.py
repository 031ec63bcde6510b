"""Threads: one dilemma with everything said under it."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import slugify
from taggit.managers import TaggableManager

from forum.models.tag import Facet, Tag, ThreadTag
from forum.states import READABLE, State

KEPT = [state for state in State if state != State.WITHDRAWN]

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread aloud


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def slug_of(title: str) -> str:
    return slugify(title)[:80].strip("-") or "question"


class Aspect(models.TextChoices):
    """The kind of help that a consultation gives."""

    LEGAL = "legal"
    CLINICAL = "clinical"
    ETHICAL = "ethical"
    RISK = "risk"


class Outcome(models.TextChoices):
    """What came of it, as an update says."""

    TALKED_WITH_CLIENT = "talked-with-client", "Talked with the client"
    TALKED_WITH_COLLEAGUE = "talked-with-colleague", "Talked with the colleague"
    DECLINED_EXTRA = "declined-extra-relationship", "Declined the extra relationship"
    CONTINUED = "continued-with-safeguards", "Went on, with safeguards"
    REFERRED = "referred-out", "Referred the client on"
    REPAIRED = "repaired", "Repaired what had happened"
    CLIENT_PROTECTED = "client-protected", "The client was protected"
    POLICY_CHANGED = "policy-changed", "A rule or habit was changed"
    RAISED = "raised-with-employer", "Raised it with the employer"
    BOARD = "reported-to-board", "Reported to a board"
    AUTHORITIES = "reported-to-authorities", "Reported to the authorities"
    LEGAL_ADVICE = "legal-advice-taken", "Took legal advice"
    OWN_SUPPORT = "sought-own-support", "Sought support for myself"
    NO_ACTION = "no-action-needed", "Nothing needed doing"
    DID_NOTHING = "did-nothing", "I did nothing"
    WENT_BADLY = "went-badly", "It went badly"


class Urgency(models.TextChoices):
    ROUTINE = "routine", "It can wait"
    SOON = "soon", "This week"
    URGENT = "urgent", "Today"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def readable(self) -> "ThreadQuerySet":
        """Those whose page everybody can read."""
        return self.filter(state__in=READABLE)

    def listed(self) -> "ThreadQuerySet":
        """What lists, feeds and search may show to anybody: of duplicates, the one that is kept."""
        return self.readable().filter(merged_into=None)

    def visible_to(self, viewer) -> "ThreadQuerySet":
        """Threads whose page `viewer` may open; a withdrawn one is a stub.

        Its author sees no more here than any other member (T-SAME).
        """
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.exclude(state=State.DRAFT)
        return self.filter(state__in=(*READABLE, State.WITHDRAWN))

    def at(self, public_id: str) -> "ThreadQuerySet":
        return self.filter(public_id=public_id)

    def with_posts_by(self, account) -> "ThreadQuerySet":
        """Threads in which the account wrote something under its own name that it has not taken back."""
        if account.pk is None:  # author=None would match every persona's
            return self.none()
        return self.filter(posts__author=account, posts__state__in=KEPT).distinct()

    def of_personas(self, personas) -> "ThreadQuerySet":
        """The same of personas that the vault has called the caller's own."""
        return self.filter(posts__persona__in=personas, posts__state__in=KEPT).distinct()

    def tagged(self, tag: Tag) -> "ThreadQuerySet":
        """Threads under `tag` or any of its descendants."""
        return self.filter(Exists(ThreadTag.objects.filter(content_object=OuterRef("pk"), tag=tag)))

    def marked(self, kind: str, value: str) -> "ThreadQuerySet":
        """Threads with a consultation of that aspect, or an update with that outcome."""
        return self.filter(Exists(ThreadMark.objects.filter(thread=OuterRef("pk"), kind=kind, value=value)))

    def unanswered(self) -> "ThreadQuerySet":
        return self.filter(consultation_count=0)

    def for_list(self) -> "ThreadQuerySet":
        """With what a row of a list shows, in a constant number of queries."""
        unshown = ("author__password", "author__email", "author__inbox_seal")
        threads = self.select_related("author").defer(*unshown)
        return threads.prefetch_related(
            models.Prefetch("thread_tags", queryset=ThreadTag.objects.chosen(), to_attr="chosen_tags")
        )

    def for_page(self) -> "ThreadQuerySet":
        """With what its own page shows besides; most have no duplicates, and then nobody asks for them."""
        duplicates = Exists(Thread.objects.filter(merged_into=OuterRef("pk")))
        return self.for_list().annotate(has_duplicates=duplicates)  # type: ignore[no-redef]


class Thread(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80)
    asking = models.CharField(max_length=300, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ROUTINE)
    excerpt = models.CharField(max_length=300, blank=True)
    # Empty for an anonymous thread: its question then has a persona.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="threads"
    )
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    hour = models.DateTimeField()  # of publication once published; never finer (T-TIME)
    active_hour = models.DateTimeField()
    last_position = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)
    consultation_count = models.PositiveIntegerField(default=0)
    update_count = models.PositiveIntegerField(default=0)
    # Full hours from publication to the first consultation.
    first_reply_after = models.PositiveIntegerField(null=True, blank=True)
    # Said by a moderator, to every reader and to its author. A hidden thread that was closed is closed again.
    closed_because = models.CharField(max_length=300, blank=True)
    hidden_because = models.CharField(max_length=300, blank=True)
    hidden_by_flags = models.BooleanField(default=False)  # and no moderator has decided about it yet
    # The thread that asks the same and is kept. This one is closed, in no list, and its posts stay in it.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="duplicates", db_index=False
    )
    is_demo = models.BooleanField(default=False)

    tags = TaggableManager(through=ThreadTag)
    chosen_tags: list[ThreadTag]  # by `for_list`
    has_duplicates: bool  # by `for_page`
    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="thread_state_known", condition=Q(state__in=State.values)),
        ]
        indexes = [
            # Not only of listed threads: SQLite takes a partial index for no condition with parameters.
            models.Index(fields=["-hour", "-id"], name="threads_by_hour"),
            models.Index(fields=["-active_hour", "-id"], name="threads_by_activity"),
            models.Index(fields=["consultation_count", "-hour", "-id"], name="threads_by_consultations"),
            # Not of those that are merged into none: lists would be looked up in it, and not read in order.
            models.Index(
                fields=["merged_into"], name="threads_merged", condition=Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("forum:thread", args=[self.public_id, self.slug])

    @property
    def is_readable(self) -> bool:
        return self.state in READABLE

    @property
    def is_open(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def takes_updates(self) -> bool:
        """Closed as well: how it turned out is often known late, and is what readers come for."""
        return self.is_readable

    @property
    def awaits_consultation(self) -> bool:
        return self.consultation_count == 0 and self.state in (State.PENDING, State.HELD, State.PUBLISHED)

    @property
    def author_label(self) -> str:
        return self.author.display_name if self.author else "Anonymous author"

    def tags_of(self, facet: str) -> list[Tag]:
        """The chosen tags of one facet, from what `for_list` fetched."""
        return [row.tag for row in self.chosen_tags if row.tag.facet == facet]

    @property
    def disciplines(self) -> list[Tag]:
        return self.tags_of(Facet.DISCIPLINE)

    @property
    def jurisdictions(self) -> list[Tag]:
        return self.tags_of(Facet.JURISDICTION)

    @property
    def topics(self) -> list[Tag]:
        return self.tags_of(Facet.TOPIC)


class ThreadMark(models.Model):
    """That a thread has a consultation with an aspect, or an update with an outcome ("any": some update)."""

    ASPECT, OUTCOME = "aspect", "outcome"
    ANY = "any"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=[(ASPECT, "aspect"), (OUTCOME, "outcome")])
    value = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "kind", "value"], name="one_mark_per_thread_and_value")
        ]
        indexes = [models.Index(fields=["kind", "value", "thread"], name="threads_of_mark")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value} of {self.thread_id}"
