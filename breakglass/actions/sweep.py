"""What time alone does: requests run out, and authors who had to wait are told."""

from datetime import datetime

from django.db import transaction

from breakglass.actions.record import note
from breakglass.models import State, UnmaskRequest
from breakglass.models.request import OPEN
from forum.models import Happening, Post
from forum.publishing import tell


def close_what_ran_out(now: datetime) -> None:
    """Close requests that nobody decided or opened in time. Twice in a row does nothing."""
    for asked in UnmaskRequest.objects.run_out(now):
        with transaction.atomic():
            if UnmaskRequest.objects.filter(pk=asked.pk, state__in=OPEN).update(state=State.EXPIRED):
                note("expired", asked, now=now)


def tell_who_waits(now: datetime) -> None:
    """Tell the authors whose wait is over."""
    for asked in UnmaskRequest.objects.to_be_told(now):
        tell_author(asked, now=now)


@transaction.atomic
def tell_author(asked: UnmaskRequest, *, now: datetime) -> None:
    """Put a notice before the author, once: in the inbox of whoever the persona is, as any other notice."""
    if UnmaskRequest.objects.filter(pk=asked.pk, told=False).update(told=True):
        post = Post.objects.filter(persona=asked.persona_id).order_by("submitted_hour", "pk").first()
        if post:
            tell(Happening.UNMASK, post, now=now)
