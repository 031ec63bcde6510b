"""Jobs: what the worker does by its clock, how each went last, and which failed for good.

No row holds the text of an error, nor its traceback, nor what a job was given: each may quote somebody.
"""

import uuid

from django.db import models


class Ended(models.TextChoices):
    RUNNING = "running", "has begun"
    WELL = "well", "ended well"
    RETRIED = "retried", "failed, and will be tried again"
    FAILED = "failed", "failed"


def in_words(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()


class Job(models.Model):
    name = models.CharField(primary_key=True, max_length=120)
    hour = models.DateTimeField()
    ended = models.CharField(max_length=8, choices=Ended)

    def __str__(self) -> str:
        return self.name


class JobFailure(models.Model):
    """A job that failed with one kind of error and was not, or not with success, tried again.

    It stays until an administrator runs the job again or dismisses it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    error = models.CharField(max_length=200)  # its kind: module and class
    hour = models.DateTimeField()  # of the last time
    hours = models.PositiveIntegerField(default=1)  # in how many: to count more often would date transactions

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "error"], name="one_failure_of_a_kind_for_each_job")
        ]

    def __str__(self) -> str:
        return f"failure {self.pk}"

    @property
    def title(self) -> str:
        return in_words(self.name)
