"""Showing a preview: the part alone where the page asked for it, else the page itself with it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forum.forms import OnceForm


def preview_part(request: HttpRequest, form: OnceForm) -> HttpResponse | None:
    """The panel for an open page. None without scripts: show the whole page again, with what was typed."""
    if getattr(request, "htmx", False):
        return render(request, "forum/_preview.html", {"form": form})
    return None
