"""What the worker does at the desk and when."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, periodic_task

from forum.tasks import PATIENTLY
from moderation import audit_check, jobs
from moderation.actions.claim import forget_recusals
from moderation.actions.duty import forget_absences
from moderation.actions.page import page_about_what_waits
from moderation.actions.suggest import forget_suggestions, suggest_what_waits
from moderation.actions.undo import forget_notes
from moderation.actions.verify import end_what_is_over, put_what_ends_again


@periodic_task(crontab(minute="*"))
def beat() -> None:
    jobs.beat(timezone.now())


@db_periodic_task(crontab(minute="*"))
def page_second_moderators() -> None:
    page_about_what_waits(timezone.now())


@db_periodic_task(crontab(minute="*"))
def suggest() -> None:
    suggest_what_waits(timezone.now())


@db_periodic_task(crontab(minute="15"), **PATIENTLY)
def forget_notes_beside_what_is_decided() -> None:
    forget_notes(timezone.now())


@db_periodic_task(crontab(hour="2", minute="40"), **PATIENTLY)
def forget_what_the_desk_needs_no_more() -> None:
    forget_suggestions(timezone.now())
    forget_absences(timezone.now())
    forget_recusals()


@db_periodic_task(crontab(hour="4", minute="0"), **PATIENTLY)
def publish_the_head() -> None:
    """After the night's other work. Once a day is enough: what is cut off later shows against it."""
    audit_check.publish(timezone.now())


@db_periodic_task(crontab(hour="2", minute="50"), **PATIENTLY)
def check_clinicians_again() -> None:
    """Before the night's levelling of rows. What was told or put before the desk already, is not again."""
    put_what_ends_again(timezone.now())
    end_what_is_over(timezone.now())
