"""A digest as a mail: text and HTML, headers that tell machines what it is and nobody anything else."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.formats import date_format

from forum.digests.contents import Contents, Window
from forum.mailing import letter
from forum.models.digest import Digest
from forum.unsubscribe import link_of

SUBJECT = "Your digest"


@dataclass(frozen=True)
class Letter:
    """What one member's digest says; also what the preview shows."""

    digest: Digest
    contents: Contents
    window: Window
    is_last: bool = False  # nobody signed in for long

    @property
    def subject(self) -> str:
        return f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{SUBJECT}"

    def context(self) -> dict:
        return {
            "site": settings.SITE_URL,
            "digest": self.digest,
            "contents": self.contents,
            "since": date_format(self.window.since.astimezone(self.digest.clock), "j F Y"),
            "is_last": self.is_last,
            # Always said, and never how much waits there: that would tell of personas (leak 55).
            "inbox_url": settings.SITE_URL + reverse("forum:inbox"),
            "at_most": settings.MAILS_A_DAY,
            "settings_url": settings.SITE_URL + reverse("forum:digest"),
        }

    def addressed(self, address: str) -> EmailMultiAlternatives:
        context = {**self.context(), "unsubscribe_url": link_of(self.digest)}
        return letter(self.subject, "digests/mail", context, to=address, list_name="digest")
