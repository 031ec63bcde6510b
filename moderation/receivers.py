"""What the desk does when a moderator signs out."""

from contextlib import suppress

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from moderation import intake
from moderation.audit_key import RecordClosed


@receiver(user_logged_out)
def moderator_signed_out(sender, user, **kwargs) -> None:
    """What they hold is free for colleagues at once, not after twenty minutes.

    Nothing keeps anybody from signing out, so what can't be recorded waits for its end.
    """
    if user is not None and (user.is_moderator or user.is_administrator):
        with suppress(RecordClosed):
            intake.let_go(user, now=timezone.now())
