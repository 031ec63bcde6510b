"""How anonymity works here, in plain words for whoever considers trusting it; the same for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anonymity import promises


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "forum/anonymity.html", {"numbers": promises.numbers()})
