"""Undoing one's last decision. Which it was, and when, stands in a signed cookie: only hours are stored."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, Refused, moderator_required
from moderation.actions.undo import undo
from moderation.models import QueueItem

COOKIE = "undo"
UNDONE_WITHIN = 10 * 60  # seconds


class TooLate(Refused):
    pass


def remember(response: HttpResponse, item: QueueItem, by) -> HttpResponse:
    """Let the browser that decided about `item` undo it for a while."""
    response.set_signed_cookie(
        COOKIE,
        item.pk.hex,
        salt=_salt(by),
        max_age=UNDONE_WITHIN,
        path="/moderation/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def last_decided(request: HttpRequest) -> uuid.UUID | None:
    """The item that the viewer can put back, if the time is not over."""
    value = request.get_signed_cookie(COOKIE, default="", salt=_salt(request.user), max_age=UNDONE_WITHIN)
    return uuid.UUID(value) if value else None


def _salt(by) -> str:
    return f"undo-{by.pk}"


@moderator_required
@require_POST
def undo_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(QueueItem.objects.visible_to(request.user).select_related("post"), pk=item_id)
    if last_decided(request) != found.pk:
        raise TooLate("A decision can be undone for ten minutes, where it was made.")
    undo(found, by=request.user, now=timezone.now())
    response = redirect(f"{found.get_absolute_url()}#decision")
    response.delete_cookie(COOKIE, path="/moderation/", samesite="Strict")
    return response
