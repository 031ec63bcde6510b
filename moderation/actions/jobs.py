"""What an administrator does about a job that failed for good."""

import uuid

from django.db import transaction
from huey.contrib.djhuey import HUEY

from accounts.access import NotAllowed, Refused, may_appoint
from accounts.models import Account
from moderation import jobs
from moderation.models import JobFailure


def run_again(failure_id: uuid.UUID, *, by: Account) -> None:
    """Give the job to the worker once more. Should it fail again, it is listed again."""
    with transaction.atomic():
        failure = take(failure_id, by=by)
        job = jobs.by_name().get(failure.name)
        if job is None:
            raise Refused("There is no such job any more. Please dismiss it.")
        try:
            HUEY.enqueue(job())
        except Exception as error:  # whatever the store of the queue raises
            raise Refused("The worker can’t be reached at the moment. Please try again later.") from error


def dismiss_failure(failure_id: uuid.UUID, *, by: Account) -> None:
    with transaction.atomic():
        take(failure_id, by=by)


def take(failure_id: uuid.UUID, *, by: Account) -> JobFailure:
    """The failure, which is off the list with that: of two administrators at once, one has it."""
    if not may_appoint(by):
        raise NotAllowed("An administrator does this.")
    failure = JobFailure.objects.filter(pk=failure_id).first()
    if failure is None or not JobFailure.objects.filter(pk=failure_id).delete()[0]:
        raise Refused("This was settled already.")
    return failure
