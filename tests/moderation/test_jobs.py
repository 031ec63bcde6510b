"""The worker's jobs: tried again with growing patience, listed once they failed for good, and settled."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from huey import crontab, signals
from huey.contrib.djhuey import HUEY, db_periodic_task

from accounts.access import Refused
from anonymity.hour import hour_of
from forum.actions.notice_settings import choose_notices
from forum.models import Digest, NoticeSettings
from forum.tasks import PATIENTLY
from moderation import jobs
from moderation.actions.jobs import dismiss_failure, run_again
from moderation.models import AuditEvent, Ended, Job, JobFailure
from tests import make

ADDRESS = "/moderation/insight/"
SECRET = "Xanthe wrote about the gym"


@pytest.fixture(autouse=True)
def queue(db, monkeypatch):
    # A worker closes what it no longer needs; here that would be the connection with the test's transaction.
    monkeypatch.setattr("huey.contrib.djhuey.close_old_connections", lambda: None)
    HUEY.flush()
    yield HUEY
    HUEY.flush()


def choose(account) -> int:
    choose_notices(NoticeSettings(account=account))
    return account.pk


class Jobs:
    """A job of each kind, which fail as long as they are told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.ran = 0
        self.sweep = db_periodic_task(crontab(minute="*"), name="a_sweep")(self.run)
        self.nightly = db_periodic_task(crontab(hour="3", minute="0"), name="of_the_night", **PATIENTLY)(
            self.run
        )

    def run(self) -> None:
        self.ran += 1
        if self.error:
            raise self.error


@pytest.fixture
def ours():
    ours = Jobs()
    yield ours
    ours.sweep.unregister()
    ours.nightly.unregister()


def run_to_the_end(job) -> list[timedelta]:
    """Run it as the worker does, and again as often as it asks for; the pauses it asked for."""
    pauses = []
    HUEY.execute(job)
    while planned := HUEY.scheduled():
        [again] = planned
        pauses.append(again.eta - datetime.now(UTC).replace(tzinfo=None))
        HUEY.storage.flush_schedule()
        again.eta = None
        HUEY.execute(again)
    return pauses


def test_a_job_of_the_night_is_tried_again_after_pauses_that_grow(ours):
    ours.error = OSError(SECRET)
    pauses = run_to_the_end(ours.nightly.s())
    assert [round(pause / timedelta(minutes=1)) for pause in pauses] == [1, 3, 9, 27, 81]
    assert ours.ran == 6
    failure = JobFailure.objects.get()
    assert failure.name.endswith(".of_the_night")
    assert (failure.error, failure.hours) == ("builtins.OSError", 1)


def test_one_that_succeeds_in_the_end_did_not_fail(ours):
    ours.error = OSError(SECRET)
    HUEY.execute(ours.nightly.s())
    assert Job.objects.get().ended == Ended.RETRIED
    ours.error = None
    HUEY.execute(HUEY.scheduled()[0].__class__())
    assert Job.objects.get().ended == Ended.WELL
    assert not JobFailure.objects.exists()


def test_a_job_that_has_begun_and_never_ends_is_told_so(ours):
    HUEY._emit(signals.SIGNAL_EXECUTING, ours.nightly.s())
    assert Job.objects.get().ended == Ended.RUNNING


def test_a_worker_that_is_stopped_leaves_the_job_of_the_night_to_the_next(ours):
    for job in (ours.nightly.s(), ours.sweep.s()):
        HUEY._emit(signals.SIGNAL_INTERRUPTED, job)
    assert [job.name for job in HUEY.pending()] == ["of_the_night"]


def test_a_sweep_is_not_tried_again_since_the_next_minute_does(ours):
    ours.error = OSError(SECRET)
    assert run_to_the_end(ours.sweep.s()) == []
    assert JobFailure.objects.get().error == "builtins.OSError"


def test_every_job_comes_each_minute_or_is_tried_again():
    known = jobs.by_name()
    assert {"forum.tasks.tell_what_waits", "moderation.tasks.beat"} <= set(known)
    for name, job in known.items():
        each_minute = all(job().validate_datetime(datetime(2026, 3, 4, 5, minute)) for minute in range(60))  # noqa: DTZ001
        assert each_minute or (job.default_retries and job.default_retry_backoff > 1), name


def test_a_failure_that_comes_again_is_counted_by_hours(ours, monkeypatch):
    ours.error = OSError(SECRET)
    begun = hour_of(timezone.now())
    for hours, minute in ((0, 1), (0, 2), (1, 0), (1, 59), (5, 0)):
        at = begun + timedelta(hours=hours, minutes=minute)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        HUEY.execute(ours.sweep.s())
    failure = JobFailure.objects.get()
    assert (failure.hour, failure.hours) == (begun + timedelta(hours=5), 3)


def test_that_a_sweep_failed_stands_for_its_hour_and_a_good_run_writes_nothing(
    ours, monkeypatch, django_assert_num_queries
):
    begun = hour_of(timezone.now())
    HUEY.execute(ours.sweep.s())
    with django_assert_num_queries(1):
        HUEY.execute(ours.sweep.s())
    ours.error = OSError(SECRET)
    HUEY.execute(ours.sweep.s())
    ours.error = None
    HUEY.execute(ours.sweep.s())
    assert Job.objects.get().ended == Ended.FAILED
    monkeypatch.setattr(timezone, "now", lambda: begun + timedelta(hours=1))
    HUEY.execute(ours.sweep.s())
    assert Job.objects.get().ended == Ended.WELL


def test_the_page_names_the_kind_of_an_error_and_never_its_words(client, ours, mia):
    ours.error = OSError(SECRET)
    run_to_the_end(ours.nightly.s())
    Digest.objects.create(account=make.account(), **make_digest(last="uncertain"))
    for refusals, end in [(0, ""), (3, ""), (4, "bounced"), (4, "bounced"), (0, "left")]:
        NoticeSettings.objects.filter(pk=choose(make.account())).update(refusals=refusals, mail_end=end)
    Digest.objects.create(account=make.account(), **make_digest(every="day", tries=2))
    client.force_login(mia)
    page = client.get(ADDRESS).content.decode()
    assert "Of the night" in page
    assert "builtins.OSError" in page
    assert "1 put off, 1 uncertain, 0 refused" in page
    assert "of 1 member of late; ended after four refusals for 2." in page
    assert SECRET not in page
    assert "Traceback" not in page
    assert "Run it again" not in page
    assert not [row for row in JobFailure.objects.values_list() if SECRET in str(row)]


def make_digest(**given) -> dict:
    hour = hour_of(make.NOW)
    return {"told_hour": hour, "due": hour, "try_at": hour, "seen_week": hour.date()} | {
        "token_hash": str(sorted(given)).encode()[:32], **given
    }  # fmt: skip


def test_an_administrator_runs_it_again_and_when_it_fails_again_it_is_listed_again(client, ours, admin):
    ours.error = OSError(SECRET)
    run_to_the_end(ours.nightly.s())
    client.force_login(admin)
    [address] = re.findall(r'action="([^"]+/run/)"', client.get(ADDRESS).content.decode())
    answer = client.post(address)
    assert answer.headers["Location"] == f"{ADDRESS}#worker"
    assert 'id="worker" tabindex="-1"' in client.get(ADDRESS).content.decode()  # the focus goes there
    assert not JobFailure.objects.exists()
    again = HUEY.dequeue()
    assert (again.name, again.retries) == ("of_the_night", 5)
    event = AuditEvent.objects.get(kind__startswith="job.")
    assert (event.kind, event.by, event.about) == ("job.run-again", admin, f"job {__name__}.of_the_night")
    run_to_the_end(again)
    assert JobFailure.objects.count() == 1


def test_an_administrator_dismisses_it_and_the_second_one_is_told(client, ours, admin):
    ours.error = OSError(SECRET)
    HUEY.execute(ours.sweep.s())
    client.force_login(admin)
    [address] = re.findall(r'action="([^"]+/dismiss/)"', client.get(ADDRESS).content.decode())
    assert client.post(address).status_code == 303
    assert not JobFailure.objects.exists()
    assert len(HUEY) == 0
    assert AuditEvent.objects.get(kind__startswith="job.").kind == "job.failure-dismissed"
    again = client.post(address)
    assert again.status_code == 409
    assert "settled already" in again.content.decode()


def test_what_cannot_be_queued_stays_on_the_list(ours, admin, monkeypatch):
    ours.error = OSError(SECRET)
    HUEY.execute(ours.sweep.s())
    failure = JobFailure.objects.get()

    def away(*_):
        raise ConnectionError

    monkeypatch.setattr(HUEY.storage, "enqueue", away)
    with pytest.raises(Refused, match="can’t be reached"):
        run_again(failure.pk, by=admin, now=timezone.now())
    ours.sweep.unregister()
    with pytest.raises(Refused, match="no such job"):
        run_again(failure.pk, by=admin, now=timezone.now())
    HUEY._registry.register(ours.sweep.task_class)
    assert JobFailure.objects.get() == failure
    assert not AuditEvent.objects.filter(kind__startswith="job.")


def test_nobody_else_settles_it(ours, mia):
    ours.error = OSError(SECRET)
    HUEY.execute(ours.sweep.s())
    for deed in (run_again, dismiss_failure):
        with pytest.raises(Refused, match="administrator"):
            deed(JobFailure.objects.get().pk, by=mia, now=timezone.now())


def test_readiness_tells_the_age_of_the_worker_and_stays_ready_without_one(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["worker"], answer.json()["worker_age"]) == (False, None)
    jobs.beat(timezone.now() - jobs.LATE - timedelta(minutes=1))
    assert client.get("/readyz").json()["worker"] is False
    HUEY.execute(jobs.by_name()["moderation.tasks.beat"]())
    answer = client.get("/readyz").json()
    assert answer["worker"] is True
    assert 0 <= answer["worker_age"] < 60


def test_a_queue_that_is_away_is_a_worker_of_no_known_age(client, monkeypatch):
    def away(*_):
        raise ConnectionError

    monkeypatch.setattr(HUEY.storage, "peek_data", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker_age"]) == (200, None)
