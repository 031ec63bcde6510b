"""What moderators did, in numbers, for whoever considers trusting them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.transparency import DEEDS, FEWEST, months, open_appeals


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    told = months(timezone.now())
    context = {
        "months": told,
        "rows": list(zip(DEEDS, *(month.counts for month in told), strict=True)) if told else [],
        "fewest": FEWEST,
        "open_appeals": open_appeals(),
    }
    return render(request, "moderation/transparency.html", context)
