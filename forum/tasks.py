"""What the worker does and when: sweeps over rows that are due, so a lost or doubled run costs nothing."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from forum.notices import fanout


@db_periodic_task(crontab(minute="*"))
def tell_what_waits() -> None:
    while fanout.tell_all():
        pass
