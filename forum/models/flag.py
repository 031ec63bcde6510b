"""Flags: what members report about a public post. Whose a flag is, the vault alone knows (leak 13)."""

from django.db import models

WORDS_MAX = 500


class Reason(models.TextChoices):
    IDENTIFIES = "identifies", "Somebody could be recognised"
    UNSAFE = "unsafe", "Unsafe advice"
    UNKIND = "unkind", "Unkind"
    SPAM = "spam", "Advertising"
    OUTDATED = "outdated", "Outdated"
    OTHER = "other", "Something else"


class FlagQuerySet(models.QuerySet["Flag"]):
    def open(self) -> "FlagQuerySet":
        """Those that no moderator has decided about."""
        return self.filter(settled_by=None)


class Flag(models.Model):
    """No account and no time: by the vault's link of its id alone it leads back to who sent it."""

    id = models.UUIDField(primary_key=True, editable=False)  # the vault's
    place = models.UUIDField()  # what that link is tagged with: one for each round of flags about a post
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField(max_length=WORDS_MAX, blank=True)  # gone with the decision: may quote the text
    version = models.PositiveIntegerField(default=1)  # up with each change, so that none is decided unread
    settled_by = models.ForeignKey("forum.Event", models.CASCADE, null=True, related_name="flags")

    objects = FlagQuerySet.as_manager()

    def __str__(self) -> str:
        return f"flag {self.pk}"
