"""Personas: authors of anonymous posts, each inside one thread. Only the vault knows whose they are."""

import uuid

from django.db import models


class Persona(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey("forum.Thread", models.PROTECT, related_name="personas")
    ordinal = models.PositiveSmallIntegerField()
    is_op = models.BooleanField(default=False)
    notify = models.BooleanField(default=True)  # without, nothing is told, not even decisions
    muted = models.BooleanField(default=False)
    paused_until = models.DateField(null=True)  # counts for one without a link; else the vault knows
    # Of the code that leads back to a thread without a link; empty for whoever the vault has a link to.
    return_hash = models.BinaryField(max_length=32, null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "ordinal"], name="one_persona_per_ordinal"),
        ]

    def __str__(self) -> str:
        return f"persona {self.pk}"

    @property
    def has_no_link(self) -> bool:
        return self.return_hash is not None

    @property
    def label(self) -> str:
        """What readers see: counted inside the thread, so nothing links two threads of one author."""
        return "Anonymous author" if self.is_op else f"Anonymous colleague {self.ordinal}"
