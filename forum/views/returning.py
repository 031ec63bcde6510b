"""Returning by code to a thread without a link: the author's tools, for whoever holds it, signed in or not.

The code comes in the body of a POST, never in an address, and goes into no session, cookie or log.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from forum import return_code
from forum.actions.withdraw import withdraw
from forum.forms import ReturnForm
from forum.models import Persona, Thread
from forum.views.mine import Mine, tools


def by_code(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page that is kept by nobody and looks at no session.

    Whoever is signed in is met like a visitor: to ask the database for the account next to the persona
    would put both into one log.
    """

    @sensitive_post_parameters("code")
    @sensitive_variables()
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        request.user = AnonymousUser()
        response = view(request)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@by_code
def come_back(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ReturnForm())
    form = ReturnForm(request.POST)
    mine = _found(form)
    return tools(request, mine) if mine else _page(request, form, status=422)


@require_POST
@by_code
def withdraw_by_code(request: HttpRequest) -> HttpResponse:
    form = ReturnForm(request.POST)
    mine = _found(form)
    if mine is None:
        return _page(request, form, status=422)
    withdraw(mine.thread, by=mine.by, now=timezone.now())
    return render(request, "forum/withdrawn_by_code.html")


@sensitive_variables("code")
def _found(form: ReturnForm) -> Mine | None:
    """The thread of the form's code. Without one the form says so, in the same words whatever was typed."""
    if not form.is_valid():
        return None
    code = form.cleaned_data["code"]
    persona = Persona.objects.filter(return_hash=return_code.digest(code)).first()
    thread = persona and Thread.objects.of_personas([persona]).for_list().first()
    if persona and thread:
        return Mine(thread, persona, reverse("forum:return"), code=code)
    form.add_error("code", form.NO_THREAD)
    return None


def _page(request: HttpRequest, form: ReturnForm, *, status: int = 200) -> HttpResponse:
    return render(request, "forum/return.html", {"form": form}, status=status)
