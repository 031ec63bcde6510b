"""What accounts say has happened to one, and what becomes of its mails then."""

from allauth.account.signals import email_changed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from forum.actions.digest import was_here
from forum.unsubscribe import change_links


@receiver(user_logged_in)
def somebody_signed_in(sender, user, **kwargs) -> None:
    was_here(user, now=timezone.now())


@receiver(email_changed)
def address_was_changed(sender, user, **kwargs) -> None:
    change_links(user)
