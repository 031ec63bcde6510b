"""Shutting the anonymous pages of an account for some days, and telling its owner why, after a reset.

Whoever can read somebody's mail can set their password anew. The pages then stay shut for long enough that
the owner reads the mail about it first.
"""

import logging
from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import Account

log = logging.getLogger(__name__)

SUBJECT = "Your account was changed"
RESET = "The password of your account was set anew."
MOVED = "Mails about your account now go to another address."
WEAKER = "A second step of signing in was taken off your account, or replaced by a recovery code."


def shut_anonymous_pages(account: Account, what_changed: str, *, now: datetime) -> None:
    """Shut them for ANONYMOUS_LOCK_DAYS and mail `what_changed` to every address of the account.

    The mails name neither the pages nor who did it: an employer may read them (leak 55). One that can't be
    sent undoes nothing.
    """
    account.anonymous_shut_until = now.astimezone(UTC).date() + timedelta(days=settings.ANONYMOUS_LOCK_DAYS)
    account.save(update_fields=["anonymous_shut_until"])
    context = {"what_changed": what_changed, "site": settings.SITE_URL}
    body = render_to_string("mail/credentials_changed.body.txt", context)
    for address in EmailAddress.objects.filter(user=account, verified=True).order_by("pk"):
        try:
            send_mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{SUBJECT}", body, None, [address.email])
        except OSError as fault:  # smtplib's errors are OSErrors too
            log.error("a change of credentials can't be told: %s", type(fault).__name__)
