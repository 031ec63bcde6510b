"""The record as moderators and administrators read it: what was done, by whom, in which hour, and no text."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, record_required
from accounts.models import Account
from forum.paging import Page, cut
from moderation.forms import RecordForm
from moderation.models import AuditEvent

PAGE = 50


@record_required
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    """The newest first. A page is looked up by the number of the event it comes after."""
    form = RecordForm(request.GET, viewer=request.user)
    events = AuditEvent.objects.none()
    if form.is_valid():
        events = AuditEvent.objects.shown_to(request.user)
        events = events.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    page = _page(events, request.GET.get("after", ""))
    names = _names(page.items)
    rows = [(event, names.get(event.about)) for event in page.items]
    return render(request, "moderation/log.html", {"form": form, "page": page, "rows": rows})


def _page(events: Any, after: str) -> Page:
    """A cursor that is none starts anew."""
    if after.isdecimal() and len(after) < 19:
        events = events.filter(seq__lt=int(after))
    return cut(events.select_related("by").order_by("-seq"), PAGE, lambda last: str(last.seq))


def _names(events: Iterable[AuditEvent]) -> dict[str, str]:
    """The names of the accounts that were appointed, by what the record calls them."""
    numbers = [int(event.about.split()[1]) for event in events if event.about.startswith("account ")]
    return {str(account): account.display_name for account in Account.objects.filter(pk__in=numbers)}
