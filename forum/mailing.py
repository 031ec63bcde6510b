"""Mails to members: what they look like to machines, and handing them to the mail server one by one."""

import logging
import smtplib
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from functools import cache
from secrets import token_hex
from typing import Any

from allauth.account.models import EmailAddress
from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.template.loader import render_to_string

log = logging.getLogger(__name__)

REFUSALS = 4  # in a row end the mails of one kind
FAILURES = 3  # in a row end a sweep

Clock = Callable[[], datetime]


class MailIsDown(Exception):
    """No mail can be handed over at present."""


class Handed(StrEnum):
    """What the mail server made of one."""

    SENT = "sent"
    REFUSED = "refused"  # for good
    PUT_OFF = "put off"  # this address, for now
    FAILED = "failed"  # for now, whoever's it is
    UNCERTAIN = "uncertain"  # only its answer would have said


FOR_NOW = (Handed.PUT_OFF, Handed.FAILED)


class Mail(EmailMultiAlternatives):
    def message(self, **options: Any) -> Any:
        """With a boundary drawn by chance: to find one, Python would write the whole mail once more."""
        made = super().message(**options)
        made.set_boundary(f"=={token_hex(16)}==")
        return made


def letter(
    subject: str, template: str, context: dict, *, to: str, list_name: str, date: datetime | None = None
) -> Mail:
    """A mail as text and HTML, of `template` with the two endings; its context names an `unsubscribe_url`.

    The Message-ID is random: Python's would tell time and host (leak 56).
    """
    message = Mail(
        subject,
        render_to_string(f"{template}.txt", context),
        to=[to],
        headers={
            "Message-ID": f"<{token_hex(16)}@{settings.SITE_HOST}>",
            "List-Id": f"Sounding Board {list_name} <{list_name}.{settings.SITE_HOST}>",
            "List-Unsubscribe": f"<{context['unsubscribe_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",  # RFC 3834
            **({"Date": format_datetime(date)} if date else {}),
        },
    )
    message.attach_alternative(_inliner().inline(render_to_string(f"{template}.html", context)), "text/html")
    return message


def addresses_of(accounts: Collection[int]) -> dict[int, str]:
    """By account, where it gets its mails: those that are there, at addresses that they confirmed."""
    confirmed = EmailAddress.objects.filter(
        user__in=accounts, user__is_active=True, primary=True, verified=True
    )
    return dict(confirmed.values_list("user", "email"))


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def make_sure_of(mail: BaseEmailBackend) -> None:
    """Of the connection, before anything is noted. MailIsDown when there is none to be had."""
    try:
        if isinstance(mail, SmtpBackend) and mail.connection:
            with suppress(OSError):
                if mail.connection.noop()[0] == 250:
                    return
            mail.close()
        mail.open()
    except OSError as fault:  # smtplib's errors are OSErrors too
        log.error("mails wait for the mail server: %s", type(fault).__name__)
        raise MailIsDown from None


def hand_over(message: EmailMessage, mail: BaseEmailBackend) -> Handed:
    try:
        mail.send_messages([message])
        return Handed.SENT
    except smtplib.SMTPRecipientsRefused as refusal:
        code = next(iter(refusal.recipients.values()))[0]
        return Handed.REFUSED if code >= 500 else Handed.PUT_OFF
    except smtplib.SMTPResponseException as answer:
        log.warning("a mail was not taken: %d", answer.smtp_code)
        # What a filter says of one mail, perhaps for days, says nothing of the others.
        is_of_this_mail = isinstance(answer, smtplib.SMTPDataError) and answer.smtp_code >= 500
        return Handed.PUT_OFF if is_of_this_mail else Handed.FAILED
    except Exception as fault:
        log.error("a mail was interrupted: %s", type(fault).__name__)
        # The connection was good a moment ago. Whether the server has the mail, only an answer would say.
        return Handed.UNCERTAIN if isinstance(mail, SmtpBackend) else Handed.FAILED
