"""Sanctions: given, agreed to, lifted at the desk; and where members read them, and can appeal."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_required, moderator_required
from forum.forms import AppealForm
from moderation.actions.sanction import agree, appeal_sanction, lift, refuse, sanction
from moderation.member_forms import SanctionForm
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
def appeal_own_sanction(request: MemberRequest, sanction_id: uuid.UUID) -> HttpResponse:
    given = get_object_or_404(Sanction.objects.given().filter(account=request.user), pk=sanction_id)
    form = _form(given, request.POST)
    if not form.is_valid():
        return _page(request, status=422, refused=(given.pk, form))
    appeal_sanction(given, form.cleaned_data["words"], by=request.user, now=timezone.now())
    return redirect(f"{reverse('my-sanctions')}#appeal-{given.pk}")


def _form(given: Sanction, bound=None) -> AppealForm:
    return AppealForm(bound, auto_id=f"appeal-{given.pk}-%s")


def _page(request: MemberRequest, *, status: int = 200, refused=None) -> HttpResponse:
    """What moderators said to this member, the newest first, each with the appeal it has or may have."""
    now = timezone.now()
    pk, form = refused or (None, None)
    given_to = Sanction.objects.given().filter(account=request.user).select_related("appeal__item__decision")
    rows = [
        {
            "given": given,
            "in_force": given.in_force_at(now),
            "appeal": getattr(given, "appeal", None),
            "form": form if given.pk == pk else _form(given),
        }
        for given in given_to.order_by("-hour", "id")
    ]
    return render(request, "moderation/my_sanctions.html", {"rows": rows}, status=status)
