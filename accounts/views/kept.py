"""Nothing typed is lost: a refused or expired form comes back with its text, stored nowhere."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

CONFLICT = 409
NEVER_SHOWN = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}

FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")  # as Django begins its reasons

TEXTS = {"title", "asking", "body", "note", "reason", "red_flag", "contingent_on", "board", "words"}


def is_text(name: str) -> bool:
    """Whether the field holds words of somebody, also under a form's prefix."""
    return name.rpartition("-")[2] in TEXTS


def is_secret(name: str) -> bool:
    """Whether the field holds a password or a code of the app, which no page may hold again."""
    return name.rpartition("-")[2] in NEVER_SHOWN or name == "confirm-code"


def has_words(request: HttpRequest) -> bool:
    return any(is_text(name) and value.strip() for name, value in typed(request))


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the refused form, in order, without secrets."""
    return [(name, value) for name, values in request.POST.lists() if not is_secret(name) for value in values]


def keep(
    request: HttpRequest, sentence: str, *, status: int, sign_in: bool = False, confirm: str = ""
) -> HttpResponse:
    """A page with `sentence`, the texts that were typed, and a button that sends the same form again.

    First in another tab: signing in, or the page `confirm` that asks who it is.
    """
    fields = typed(request)
    if status == CONFLICT:  # nothing was written under the form's id, or something else was
        fields = [(name, str(uuid.uuid4()) if name == "id" else value) for name, value in fields]
    context = {
        **as_kept(request, fields),
        "sentence": sentence,
        "sign_in": reverse("account_login") if sign_in else "",
        "confirm": confirm,
    }
    response = render(request, "accounts/kept.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def as_kept(request: HttpRequest, fields: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    """What `accounts/_typed.html` shows of the refused form, and where it is sent again."""
    fields = typed(request) if fields is None else fields
    texts = [value for name, value in fields if is_text(name) and value.strip()]
    return {"fields": fields, "texts": texts, "action": request.get_full_path()}


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Sign-in for who is signed out; a form that was sent meanwhile waits on its page."""
    if request.method == "POST":
        return keep(
            request,
            "You have been signed out since you opened this page. Your text is safe here.",
            status=401,
            sign_in=True,
        )
    login = reverse("account_login")
    if getattr(request, "htmx", False):
        return HttpResponse(status=401)
    return redirect(f"{login}?{urlencode({'next': request.get_full_path()})}")


def keep_or_refuse(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    if request.method == "POST" and has_words(request):
        return keep(request, sentence, status=status)
    return refuse(request, sentence, status=status)


def refuse(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    template = "accounts/_refused.html" if getattr(request, "htmx", False) else "accounts/refused.html"
    return render(request, template, {"sentence": sentence}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in again changes the form's secret: show the text with a fresh one instead of losing it.

    But only words typed here: what another site sent, or a form without words, could be anybody's deed,
    and our button under it would make it the reader's.
    """
    if reason.startswith(FROM_ELSEWHERE) or not has_words(request):
        return refuse(request, "Nothing was done. Go back, reload the page and try again.", status=403)
    return keep(
        request,
        "This page was opened before you last signed in, so nothing was sent. Press the button to send it.",
        status=403,
    )
