"""Tags: discipline, jurisdiction and topic, each jurisdiction below its parent."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from taggit.models import ItemBase, TagBase


class Facet(models.TextChoices):
    DISCIPLINE = "discipline"
    JURISDICTION = "jurisdiction"
    TOPIC = "topic"


LONG_TEXTS = ("description", "synonyms", "reference")


class TagQuerySet(models.QuerySet["Tag"]):
    def of(self, facet: str) -> "TagQuerySet":
        return self.filter(facet=facet)

    def without_long_texts(self) -> "TagQuerySet":
        """As much of each tag as lists show."""
        return self.defer(*LONG_TEXTS)

    def in_order(self) -> "TagQuerySet":
        """By name, those of a parent below it."""
        return self.order_by(Coalesce("parent__name", "name"), F("parent").asc(nulls_first=True), "name")

    def at_or_below(self, tag: "Tag") -> "TagQuerySet":
        """`tag` and all its descendants, in one query."""
        return self.filter(path__startswith=tag.path)

    def at_or_above(self, tags) -> "TagQuerySet":
        """The given tags and all their ancestors."""
        slugs = {slug for tag in tags for slug in tag.path.strip("/").split("/")}
        return self.filter(slug__in=slugs)


class Tag(TagBase):
    name = models.CharField(max_length=120)  # not unique: Georgia is a country and a state
    slug = models.SlugField(max_length=80, unique=True)
    facet = models.CharField(max_length=12, choices=Facet)
    short_name = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=240, unique=True)  # slugs from the root, each ended by "/"
    group = models.CharField(max_length=60, blank=True)
    synonyms = models.JSONField(default=list, blank=True)
    description = models.TextField(blank=True)
    thread_count = models.PositiveIntegerField(default=0, editable=False)  # listed threads at or below
    # What load_reference last wrote: a field that differs from it was edited here and is kept.
    reference = models.JSONField(default=dict, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["facet", "name"], name="tag_by_facet")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:tag", args=[self.facet, self.slug])

    @property
    def label(self) -> str:
        return self.short_name or self.name


class ThreadTagQuerySet(models.QuerySet["ThreadTag"]):
    def listed_under(self, tag: Tag) -> "ThreadTagQuerySet":
        return self.filter(tag=tag, listed_hour__isnull=False)

    def chosen(self) -> "ThreadTagQuerySet":
        """Those that somebody chose, with as much of the tag as a page shows of it."""
        rows = self.filter(inherited=False).select_related("tag").order_by("tag__facet", "tag_id")
        return rows.defer(*(f"tag__{column}" for column in LONG_TEXTS))


class ThreadTag(ItemBase):
    """A thread under a tag. The ancestors of a chosen tag are rows of their own, marked `inherited`,
    so that a parent's list is read from one index like any other tag's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="thread_tags")
    content_object = models.ForeignKey("forum.Thread", models.CASCADE, related_name="thread_tags")
    inherited = models.BooleanField(default=False)
    listed_hour = models.DateTimeField(null=True)  # the thread's hour while it is listed, else null

    objects = ThreadTagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="one_row_per_thread_and_tag")
        ]
        indexes = [
            models.Index(
                fields=["tag", "-listed_hour", "-content_object"],
                name="threads_of_tag",
                condition=Q(listed_hour__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"thread tag {self.pk}"
