"""The moderators' desk: the list of what waits."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, moderator_required
from forum.models import Facet
from moderation.clock import clock_of
from moderation.listing import AGES, HOLDS, SUGGESTED, URGENCIES, Selection, list_items
from moderation.views.told import once, told
from moderation.views.undo import last_decided


@moderator_required
@require_safe
def desk(request: MemberRequest) -> HttpResponse:
    return redirect("moderation:queue")


@moderator_required
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Urgent first, then the oldest. The page asks for the list alone, live and when a filter changes."""
    now = timezone.now()
    selection = Selection.from_address(request.GET)
    after = request.GET.get("after", "")
    listed = list_items(selection, viewer=request.user, now=now, after=after)
    context = {
        "selection": selection,
        "rows": [{"item": item, **clock_of(item, now)} for item in listed.page.items],
        "mine": listed.mine,
        "page": listed.page,
        "kinds": listed.kinds,
        "total": listed.total,
        "redactions": listed.redactions,
        "suspensions": listed.suspensions,
        "undoable": last_decided(request),
        "desk": listed.desk,  # which the masthead would count again
    }
    if request.htmx:
        return render(request, "moderation/_queue.html", context)
    chosen = {facet: selection.value_of(facet) for facet in (Facet.DISCIPLINE, Facet.JURISDICTION)}
    choices = {"chosen": chosen, "urgencies": URGENCIES, "ages": AGES, "holds": HOLDS, "suggested": SUGGESTED}
    page = render(request, "moderation/queue.html", {**context, **choices, "told": told(request)})
    return once(page) if told(request) else page
