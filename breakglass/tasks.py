"""What the worker does and when: full hours are the finest time that a request knows."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from breakglass.actions.sweep import close_what_ran_out, tell_who_waits
from forum.tasks import PATIENTLY


@db_periodic_task(crontab(minute="5"), **PATIENTLY)
def close_and_tell() -> None:
    now = timezone.now()
    close_what_ran_out(now)
    tell_who_waits(now)
