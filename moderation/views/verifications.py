"""The desk's list of licences that wait to be looked up, asked for or again after a year, and one of them."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, may_moderate, members_required
from accounts.models import Verification
from forum.paging import page_of
from moderation.actions.claim import AlreadyClaimed
from moderation.actions.verify import check_again, note_check, put_back, take
from moderation.clock import clock_of
from moderation.listing import with_member
from moderation.member_forms import CheckForm
from moderation.rules import kept_apart, may_verify

PAGE = 50


@members_required
@require_safe
def verifications(request: MemberRequest) -> HttpResponse:
    """The oldest first; the page asks for the list alone when it has changed."""
    now = timezone.now()
    waiting = Verification.objects.to_look_up()
    kinds = {"asked": False, "again": True}
    if (kind := request.GET.get("kind", "")) in kinds:
        waiting = waiting.filter(again=kinds[kind])
    after = request.GET.get("after", "")
    rows = with_member(waiting, viewer=request.user)
    page = page_of(rows, by="hour", after=after, size=PAGE, oldest_first=True)
    context = {
        "kind": kind if kind in kinds else "",
        "page": page,
        "rows": [{"item": asked, **clock_of(asked, now)} for asked in page.items],
    }
    template = "moderation/_verifications.html" if request.htmx else "moderation/verifications.html"
    return render(request, template, context)


@members_required
@require_safe
def verification(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    return _page(request, _verification(verification_id))


def _verification(verification_id: uuid.UUID) -> Verification:
    found = Verification.objects.select_related(
        "account", "discipline", "jurisdiction", "holder", "checked_by"
    )
    return get_object_or_404(found, pk=verification_id)


def _page(request: MemberRequest, asked: Verification, *, status: int = 200, **also) -> HttpResponse:
    context = {
        "asked": asked,
        "member": asked.account,
        "may_verify": may_verify(request.user, asked.account),
        "kept_apart": kept_apart(request.user, asked.account),
        "check_form": CheckForm.for_(asked),
        **clock_of(asked, timezone.now()),
        **also,
    }
    return render(request, "moderation/verification.html", context, status=status)


@members_required
@require_POST
def take_verification(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    asked = _verification(verification_id)
    take(asked, by=request.user, now=timezone.now())
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    if "board" in request.POST:  # typed before the hold ran out
        return _page(request, asked, check_form=CheckForm(request.POST))
    return redirect(f"{asked.get_absolute_url()}#check")


@members_required
@require_POST
def put_back_verification(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    put_back(_verification(verification_id), by=request.user, now=timezone.now())
    return redirect("moderation:queue" if may_moderate(request.user) else "moderation:verifications")


@members_required
@require_POST
def check_verification(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    """Refused, it shows what was typed beside how things stand now, as an item of the queue does."""
    asked, form = _verification(verification_id), CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, status=422, check_form=form)
    try:
        note_check(asked, form.found(), by=request.user, now=timezone.now())
    except AlreadyClaimed as refusal:
        asked = _verification(verification_id)
        return _page(request, asked, status=409, check_form=form, refusal=str(refusal))
    return redirect(f"{reverse('moderation:member', args=[asked.account_id])}#licences")


@members_required
@require_POST
def check_verification_again(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    checked = _verification(verification_id)
    return redirect(check_again(checked, by=request.user, now=timezone.now()))
