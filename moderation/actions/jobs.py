"""What an administrator does about a job that failed for good."""

import uuid
from datetime import datetime

from huey.contrib.djhuey import HUEY

from accounts.access import NotAllowed, Refused, may_appoint
from accounts.models import Account
from moderation import audit, jobs
from moderation.models import JobFailure


@audit.deed()
def run_again(failure_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    """Give the job to the worker once more. Should it fail again, it is listed again."""
    failure = take(failure_id, by=by)
    job = jobs.by_name().get(failure.name)
    if job is None:
        raise Refused("There is no such job any more. Please dismiss it.")
    audit.record("job.run-again", about=f"job {failure.name}", by=by, now=now)
    try:
        HUEY.enqueue(job())
    except Exception as error:  # whatever the store of the queue raises
        raise Refused("The worker can’t be reached at the moment. Please try again later.") from error


@audit.deed()
def dismiss_failure(failure_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    failure = take(failure_id, by=by)
    audit.record("job.failure-dismissed", about=f"job {failure.name}", by=by, now=now)


def take(failure_id: uuid.UUID, *, by: Account) -> JobFailure:
    """The failure, which is off the list with that: of two administrators at once, one has it."""
    if not may_appoint(by):
        raise NotAllowed("An administrator does this.")
    failure = JobFailure.objects.filter(pk=failure_id).first()
    if failure is None or not JobFailure.objects.filter(pk=failure_id).delete()[0]:
        raise Refused("This was settled already.")
    return failure
