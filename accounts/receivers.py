"""What Django and allauth say has happened to an account, and what this board does then."""

from allauth.account.signals import email_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed, authenticator_used
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from accounts.actions.shut import MOVED, RESET, WEAKER, shut_anonymous_pages


@receiver([password_reset, password_set])
def password_was_set_anew(sender, user, **kwargs) -> None:
    """By a link from a mail, or without one that was known; not by somebody who gave the old one."""
    shut_anonymous_pages(user, RESET, now=timezone.now())


@receiver(email_changed)
def address_was_changed(sender, user, **kwargs) -> None:
    shut_anonymous_pages(user, MOVED, now=timezone.now())


@receiver(authenticator_removed)
def second_step_was_removed(sender, user, **kwargs) -> None:
    shut_anonymous_pages(user, WEAKER, now=timezone.now())


@receiver(authenticator_used)
def second_step_was_recovered(sender, user, authenticator, **kwargs) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        shut_anonymous_pages(user, WEAKER, now=timezone.now())


@receiver(user_logged_out)
def somebody_signed_out(sender, request, **kwargs) -> None:
    """Noted for the answer, which clears what the browser holds."""
    if request is not None:
        request.has_signed_out = True
