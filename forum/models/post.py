"""Posts: what is said in a thread, under a name or as a persona; and the standing of who replies."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from forum.models.persona import Persona
from forum.models.tag import LONG_TEXTS
from forum.models.thread import Aspect, Outcome, Thread
from forum.states import READABLE, State


class Kind(models.TextChoices):
    QUESTION = "question"
    CONSULTATION = "consultation"
    CLARIFICATION = "clarification"
    PERSPECTIVE = "perspective"
    UPDATE = "update"


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> "PostQuerySet":
        return self.filter(state=State.PUBLISHED, thread__state__in=READABLE)

    def visible_to(self, viewer) -> "PostQuerySet":
        """What `viewer` may read: the one door for pages, feeds, API and search.

        Authors get no more here than other members, not even of their own text in
        the queue: a page that differs tells a bystander who wrote it (T-SAME).
        """
        if viewer.is_authenticated and viewer.acts_as_moderator:
            return self.exclude(state=State.DRAFT)
        return self.published()

    def written_by(self, account) -> "PostQuerySet":
        """Posts under the account's own name; a persona's are the vault's to find."""
        if account.pk is None:  # author=None would match every persona's post
            return self.none()
        return self.filter(author=account)

    def in_order(self) -> "PostQuerySet":
        """As a thread reads: published posts by position, then what still waits."""
        return self.order_by(F("position").asc(nulls_last=True), "hour", "id")

    def with_byline(self) -> "PostQuerySet":
        """With author, persona and standing, in no further query."""
        posts = self.select_related("author", "persona", "standing__discipline", "standing__jurisdiction")
        return posts.defer(
            *(f"author__{column}" for column in ("password", "email", "inbox_seal")),
            *(
                f"standing__{tag}__{column}"
                for tag in ("discipline", "jurisdiction")
                for column in LONG_TEXTS
            ),
        )


class Post(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=13, choices=Kind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="posts"
    )
    persona = models.ForeignKey(Persona, models.PROTECT, null=True, blank=True, related_name="posts")
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    hour = models.DateTimeField()  # never finer: minutes tie a post to a session (T-TIME)
    submitted_hour = models.DateTimeField()  # when it first came in: the day's share counts by it
    edited_hour = models.DateTimeField(null=True, blank=True)  # when other words took the place of the first
    position = models.PositiveIntegerField(null=True, blank=True)  # place in the thread, from publication on
    body = models.TextField()
    html = models.TextField()
    renderer_version = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)  # of the text: a decision names the one it read
    note = models.TextField(blank=True)  # what the moderator who returned or declined it wrote
    aspects = models.JSONField(default=list, blank=True)
    red_flag = models.CharField(max_length=400, blank=True)
    contingent_on = models.CharField(max_length=300, blank=True)
    outcomes = models.JSONField(default=list, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_by_author_xor_persona", condition=Q(author=None) ^ Q(persona=None)
            ),
            models.CheckConstraint(name="post_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="post_kind_known", condition=Q(kind__in=Kind.values)),
            models.UniqueConstraint(fields=["thread", "position"], name="one_post_per_position"),
            models.UniqueConstraint(
                fields=["thread"], condition=Q(kind="question"), name="one_question_per_thread"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "hour"], name="posts_of_author", condition=~Q(author=None)),
            models.Index(fields=["persona"], name="posts_of_persona", condition=~Q(persona=None)),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.thread.get_absolute_url()}#post-{self.pk}"

    @property
    def byline(self) -> str:
        if self.persona:
            return self.persona.label
        return self.author.display_name if self.author else ""

    @property
    def aspect_labels(self) -> list[str]:
        return [Aspect(value).label for value in self.aspects]

    @property
    def outcome_labels(self) -> list[str]:
        return [Outcome(value).label for value in self.outcomes]


class Standing(models.Model):
    """What a reply says of its writer. Computed once, when the reply is published; nobody can remove it."""

    LEVELS = [
        ("self-declared", "self-declared"),
        ("verified", "checked by a moderator"),
        ("moderator", "moderator"),
    ]

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="standing")
    discipline = models.ForeignKey("forum.Tag", models.PROTECT, null=True, related_name="+")
    jurisdiction = models.ForeignKey("forum.Tag", models.PROTECT, null=True, related_name="+")
    credential = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=13, choices=LEVELS)
    outside_discipline = models.BooleanField()
    outside_jurisdiction = models.BooleanField()

    def __str__(self) -> str:
        return f"standing of post {self.post_id}"
