"""The inbox: what concerns the signed-in account, as a page and as the live client's answer."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, may_moderate, member_required
from forum.models import CONCERNS_AUTHOR, Happening, Notice
from forum.notices.inbox import Inbox
from moderation import intake

SHOWN = 50


@member_required
@require_safe
def inbox(request: MemberRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    notices = Inbox(request.user).notices.for_list()
    if before.isascii() and before.isdigit() and len(before) < 18:
        notices = notices.filter(pk__lt=int(before))
    window = list(notices[: SHOWN + 1])
    context = {"notices": window[:SHOWN], "before": window[SHOWN - 1].pk if len(window) > SHOWN else None}
    return render(request, "forum/inbox.html", context)


@member_required
@require_safe
def since(request: MemberRequest, cursor: int) -> JsonResponse:
    """What came after `cursor`, and the badges as they stand now."""
    mine = Inbox(request.user)
    fresh = mine.notices.unread().filter(pk__gt=cursor).for_list()[:10] if mine.cursor > cursor else []
    return JsonResponse(
        {
            "cursor": max(mine.cursor, cursor),
            "unread": mine.unread,
            "queue": intake.waiting() if may_moderate(request.user) else None,
            "notices": [_entry(notice) for notice in fresh],
        }
    )


def _entry(notice: Notice) -> dict:
    return {
        "id": notice.pk,
        "text": Happening(notice.event.happening).label,
        "title": notice.event.post.thread.title,
        "url": reverse("forum:open-notice", args=[notice.pk]),
    }


@member_required
@require_safe
def open_notice(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Mark a notice of one's own as read and go where it points."""
    mine = Inbox(request.user)
    notice = get_object_or_404(mine.notices.for_list(), pk=notice_id)
    mine.mark_read([notice.pk])
    post = notice.event.post
    if notice.event.happening in CONCERNS_AUTHOR and notice.event.happening != Happening.PUBLISHED:
        # To the lists, whose links are made for this session: a persona's own address holds none (leak 75).
        return redirect("forum:my-anonymous" if notice.persona_id else "forum:my-threads")
    return redirect(post)


@member_required
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    Inbox(request.user).mark_read()
    return redirect("forum:inbox")
