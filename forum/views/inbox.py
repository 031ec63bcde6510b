"""The inbox: what concerns the signed-in account, as a page and as the live client's answer."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, may_moderate, member_required
from forum.models import CONCERNS_AUTHOR, FLAG_OUTCOMES, FOR_MODERATORS, Happening, Notice, Post
from forum.notices.inbox import Inbox
from forum.states import State
from moderation import intake

SHOWN = 50
DISCREET = "Something new in your inbox"
PERSONAL_PAGES: dict[str, str] = {
    Happening.CHECKED: "accounts:verification",
    Happening.ENDED: "accounts:verification",
    Happening.SANCTION: "my-sanctions",
    Happening.LIFTED: "my-sanctions",
    Happening.ANSWERED: "my-sanctions",
    Happening.UNHEARD: "moderation:queue",
    Happening.APPOINTED: "moderation:queue",
    Happening.NOT_AGREED: "moderation:log",
}
# Of the author's own, what everybody may read.
ON_THE_PAGE = (Happening.PUBLISHED, Happening.EDITED, Happening.SHOWN)


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
    desk = intake.counts(request.user) if may_moderate(request.user) else None
    fresh = mine.to_show(cursor, now=timezone.now()) if mine.cursor > cursor else []
    return JsonResponse(
        {
            "cursor": max(mine.cursor, cursor),
            "unread": mine.unread,
            "queue": desk and desk.waiting,
            "for_you": desk and desk.for_you,
            "notices": [_entry(notice, discreetly=mine.settings.discreet) for notice in fresh],
        }
    )


def _entry(notice: Notice, *, discreetly: bool) -> dict:
    return {
        "id": notice.pk,
        "text": DISCREET if discreetly else Happening(notice.event.happening).label,
        "title": "" if discreetly else notice.title,
        "url": reverse("forum:open-notice", args=[notice.pk]),
    }


@member_required
@require_safe
def open_notice(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Mark a notice of one's own as read and go where it points."""
    mine = Inbox(request.user)
    notice = get_object_or_404(mine.notices.for_list(), pk=notice_id)
    mine.mark_read([notice.pk])
    if address := PERSONAL_PAGES.get(notice.event.happening):
        return redirect(address)
    post = notice.event.post
    on_the_page = notice.event.happening in ON_THE_PAGE and post.thread.state != State.HIDDEN
    if notice.event.happening in CONCERNS_AUTHOR and not on_the_page:
        # To the lists, whose links are made for this session: a persona's own address holds none (leak 75).
        return redirect("forum:my-anonymous" if notice.persona_id else "forum:my-threads")
    if notice.event.happening in FOR_MODERATORS and (address := intake.address_of(post)):
        return redirect(address)
    if notice.event.happening in FLAG_OUTCOMES and not Post.objects.published().filter(pk=post.pk).exists():
        return redirect("forum:inbox")
    return redirect(post)


@member_required
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    Inbox(request.user).mark_read()
    return redirect("forum:inbox")
