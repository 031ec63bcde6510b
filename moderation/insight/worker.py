"""How the worker is doing: whether it is there, how its jobs ended, how many mails did not go out."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from forum.models import Digest, NoticeSettings
from forum.models.digest import Every, Last
from forum.models.notice_settings import MailEnd
from moderation import jobs
from moderation.models import Ended, Job, JobFailure
from moderation.models.job import in_words


@dataclass(frozen=True)
class Worker:
    is_at_work: bool
    jobs: list[tuple[str, Job | None]]  # title; None before its first time
    failures: list[tuple[JobFailure, bool]]  # whether the job ended well since
    mails: dict[str, int]


def worker(now: datetime) -> Worker:
    known = {job.name: job for job in Job.objects.all()}
    well = {name for name, job in known.items() if job.ended == Ended.WELL}
    return Worker(
        is_at_work=jobs.at_work(jobs.age(now)),
        jobs=[(in_words(name), known.get(name)) for name in sorted(jobs.by_name(), key=in_words)],
        failures=[
            (failure, failure.name in well) for failure in JobFailure.objects.order_by("-hour", "name")
        ],
        mails=mails(),
    )


def mails() -> dict[str, int]:
    """Of digests, whose last one; of members, how many get no notices. Counts only, never whose."""
    digests = Digest.objects.aggregate(
        put_off=Count("pk", filter=Q(tries__gt=0) & ~Q(every=Every.OFF)),
        uncertain=Count("pk", filter=Q(last=Last.UNCERTAIN) | Q(handing=True)),
        refused=Count("pk", filter=Q(last__in=[Last.REFUSED, Last.BOUNCED])),
    )
    bounced = Q(mail_end=MailEnd.BOUNCED)
    notices = NoticeSettings.objects.aggregate(
        refusing=Count("pk", filter=Q(refusals__gt=0) & ~bounced), ended=Count("pk", filter=bounced)
    )
    return digests | notices
