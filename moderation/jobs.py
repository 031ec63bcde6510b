"""The worker, as told by itself: that it is there, and how each of its jobs ended. Read by being imported."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from huey import signals
from huey.api import PeriodicTask
from huey.constants import EmptyData
from huey.contrib.djhuey import HUEY, close_db, on_startup, signal

from anonymity.hour import hour_of
from moderation.models import Ended, Job, JobFailure

BEAT = "worker.beat"
LATE = timedelta(minutes=5)  # its longest jobs take some; a beat waits for them like any other job


def beat(now: datetime) -> None:
    """Say that a worker is at work. Beside the queue, which every worker and page shares.

    A row would do worse: rewritten each minute, it would date the transactions of everything else.
    """
    HUEY.storage.put_data(BEAT, str(int(now.timestamp())).encode())


def age(now: datetime) -> int | None:
    """Seconds since the last beat of any worker; None when none is known or the queue is out of reach."""
    try:
        found = HUEY.storage.peek_data(BEAT)
    except Exception:  # whatever the store of the queue raises
        return None
    return None if found is EmptyData else max(0, int(now.timestamp()) - int(bytes(found)))


def at_work(seconds: int | None) -> bool:
    return seconds is not None and seconds <= LATE.total_seconds()


def by_name() -> dict[str, type[PeriodicTask]]:
    """Every job there is."""
    autodiscover_modules("tasks")  # as the worker does when it starts
    return {f"{job.__module__}.{job.name}": type(job) for job in HUEY._registry.periodic_tasks}


@on_startup()
def at_work_from_now() -> None:
    beat(timezone.now())


@signal(signals.SIGNAL_EXECUTING)
@close_db
def begun(_, job) -> None:
    if job.default_retries:  # a sweep of each minute has ended before anybody reads that it has begun
        note(name_of(job), Ended.RUNNING)


@signal(signals.SIGNAL_COMPLETE)
@close_db
def ended_well(_, job) -> None:
    note(name_of(job), Ended.WELL, unless_failed=not job.default_retries)


@signal(signals.SIGNAL_ERROR)
@close_db
def failed(_, job, error: Exception) -> None:
    note(name_of(job), Ended.RETRIED if job.retries else Ended.FAILED)
    if not job.retries:
        note_failure(name_of(job), kind_of(error))


@signal(signals.SIGNAL_INTERRUPTED)
def interrupted(_, job) -> None:
    """A worker that is stopped leaves the job to the next one. A sweep comes by itself."""
    if job.default_retries:
        HUEY.enqueue(job)


def name_of(job) -> str:
    return f"{job.__module__}.{job.name}"


def kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"[:200]


def note(name: str, ended: str, *, unless_failed: bool = False) -> None:
    """How the job ended. Of a sweep, that it failed stands until the hour is over.

    Mostly nothing changes, and then nothing is written.
    """
    hour = hour_of(timezone.now())
    same = Job.objects.filter(name=name, hour=hour)
    if same.filter(ended__in=[ended, Ended.FAILED] if unless_failed else [ended]).exists():
        return
    Job.objects.bulk_create(
        [Job(name=name, hour=hour, ended=ended)],
        update_conflicts=True, unique_fields=["name"], update_fields=["hour", "ended"],
    )  # fmt: skip


def note_failure(name: str, error: str) -> None:
    hour = hour_of(timezone.now())
    JobFailure.objects.bulk_create([JobFailure(name=name, error=error, hour=hour)], ignore_conflicts=True)
    earlier = JobFailure.objects.filter(name=name, error=error, hour__lt=hour)
    earlier.update(hour=hour, hours=F("hours") + 1)
