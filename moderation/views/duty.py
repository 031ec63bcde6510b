"""Duty: a moderator's own settings, and who of the colleagues is away in the coming weeks."""

import uuid
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, moderator_required
from accounts.models import Account
from accounts.models.account import today
from moderation.actions.duty import Unfit, come_back, go_away, set_duty
from moderation.duty_forms import AbsenceForm, DutyForm
from moderation.models import Absence, Duty

WEEKS, A_WEEK = 6, timedelta(weeks=1)


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = DutyForm(request.POST, instance=_duty_of(request.user))
    if not form.is_valid():
        return _page(request, status=422, duty_form=form)
    set_duty(**form.cleaned_data, by=request.user, now=timezone.now())
    return redirect(f"{request.path}?saved")


@moderator_required
@require_POST
def add_absence(request: MemberRequest) -> HttpResponse:
    form = AbsenceForm(request.POST, by=request.user, prefix="away")
    if form.is_valid():
        try:
            go_away(**form.cleaned_data, by=request.user, now=timezone.now())
            return _to_absences()
        except Unfit as refusal:
            form.add_error(refusal.field, str(refusal))
    return _page(request, status=422, absence_form=form)


@moderator_required
@require_POST
def remove_absence(request: MemberRequest, absence_id: uuid.UUID) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.filter(account=request.user), pk=absence_id)
    come_back(absence, by=request.user, now=timezone.now())
    return _to_absences()


def _to_absences() -> HttpResponse:
    return redirect(f"{reverse('moderation:duty')}#away")


def _duty_of(account: Account) -> Duty:
    return Duty.objects.filter(account=account).first() or Duty(account=account)


def _page(request: MemberRequest, *, status: int = 200, **forms) -> HttpResponse:
    now = timezone.now()
    moderators = Account.objects.moderators()
    context = {
        "saved": "saved" in request.GET,
        "own": Absence.objects.filter(account=request.user, last__gte=today(now)).in_order(),
        "weeks": _weeks(today(now)),
        "knows_nothing": not request.user.disciplines.exists(),
        "off_duty": moderators.filter(duty__on_duty=False).in_order(),
        "today": today(now),
        "absence_form": AbsenceForm(by=request.user, prefix="away"),
        **forms,
    }
    context.setdefault("duty_form", DutyForm(instance=_duty_of(request.user)))
    return render(request, "moderation/duty.html", context, status=status)


def _weeks(day: date) -> list[tuple[date, list[Absence]]]:
    """Of this week and those that follow, its Monday and who is away on one of its days."""
    first = day - timedelta(days=day.weekday())
    mondays = [first + timedelta(weeks=each) for each in range(WEEKS)]
    absences = Absence.objects.during(day, mondays[-1] + A_WEEK).filter(
        account__in=Account.objects.moderators()
    )
    found = list(absences.select_related("account", "cover").in_order())
    return [
        (monday, [each for each in found if each.first < monday + A_WEEK and each.last >= monday])
        for monday in mondays
    ]
