"""Sanctions: given, agreed to, lifted at the desk; and the page on which members read and answer them."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_required, moderator_required
from moderation.actions.sanction import agree, answer, lift, note_answer_read, refuse, sanction
from moderation.member_forms import AnswerForm, SanctionForm
from moderation.models import Sanction
from moderation.views.members import found_member, member_page, to_member


@moderator_required
@require_POST
def sanction_member(request: MemberRequest, member_id: int) -> HttpResponse:
    found, form = found_member(member_id), SanctionForm(request.POST, prefix="sanction")
    if not form.is_valid():
        return member_page(request, found, status=422, sanction_form=form)
    data = form.cleaned_data
    what = {"hours": data["hours"], "by": request.user, "now": timezone.now()}
    sanction(found, data["measure"], form.words(), **what)
    return to_member(found, "sanctions")


@moderator_required
@require_POST
def agree_to_sanction(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    return _done(request, sanction_id, agree)


@moderator_required
@require_POST
def refuse_sanction(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    return _done(request, sanction_id, refuse)


@moderator_required
@require_POST
def lift_sanction(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    return _done(request, sanction_id, lift)


@moderator_required
@require_POST
def read_answer(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    return _done(request, sanction_id, note_answer_read)


def _done(request: MemberRequest, sanction_id: uuid.UUID, deed) -> HttpResponse:
    found = get_object_or_404(Sanction.objects.select_related("account"), pk=sanction_id)
    deed(found, by=request.user, now=timezone.now())
    return to_member(found.account, "sanctions")


@member_required
@require_safe
def my_sanctions(request: MemberRequest) -> HttpResponse:
    return _page(request)


@member_required
@require_POST
def answer_sanction(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    given = get_object_or_404(Sanction.objects.given().filter(account=request.user), pk=sanction_id)
    form = AnswerForm(request.POST, auto_id=f"answer-{given.pk}-%s")
    if not form.is_valid():
        return _page(request, status=422, refused=(given.pk, form))
    answer(given, form.cleaned_data["body"], by=request.user, now=timezone.now())
    return redirect(reverse("my-sanctions"))


def _page(request: MemberRequest, *, status: int = 200, refused=None) -> HttpResponse:
    """What moderators said to this member, the newest first, each with a form for the answer it may have."""
    now = timezone.now()
    pk, form = refused or (None, None)
    rows = [
        {
            "given": given,
            "in_force": given.in_force_at(now),
            "form": form if given.pk == pk else AnswerForm(auto_id=f"answer-{given.pk}-%s"),
        }
        for given in Sanction.objects.given().filter(account=request.user).order_by("-hour", "id")
    ]
    return render(request, "moderation/my_sanctions.html", {"rows": rows}, status=status)
