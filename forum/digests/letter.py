"""A digest as a mail: text and HTML, headers that tell machines what it is and nobody anything else."""

from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from forum.digests.contents import Contents, Window
from forum.digests.unsubscribe import link_of
from forum.models.digest import Digest

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
            "since": date_format(self.window.since.astimezone(ZoneInfo(self.digest.zone)), "j F Y"),
            "is_last": self.is_last,
            "settings_url": settings.SITE_URL + reverse("forum:digest"),
        }

    def addressed(self, address: str) -> EmailMultiAlternatives:
        """The mail to one address. The Message-ID is random: Python's would tell time and host (leak 56)."""
        context = {**self.context(), "unsubscribe_url": link_of(self.digest)}
        message = EmailMultiAlternatives(
            self.subject,
            render_to_string("digests/mail.txt", context),
            to=[address],
            headers={
                "Message-ID": f"<{token_hex(16)}@{settings.SITE_HOST}>",
                "List-Id": f"Sounding Board digest <digest.{settings.SITE_HOST}>",
                "List-Unsubscribe": f"<{context['unsubscribe_url']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        html = render_to_string("digests/mail.html", context)
        message.attach_alternative(_inliner().inline(html), "text/html")
        return message


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
