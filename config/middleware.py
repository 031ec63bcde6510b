"""Response headers on everything, and refusals shown as the sentence they are, with what was typed."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from accounts.access import Refused
from accounts.confirm import forget
from accounts.views.kept import as_kept, has_words, keep_or_refuse
from anonymity.vault import VaultUnavailable

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def response_headers(get_response):
    """What every answer carries, errors and feeds included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        # A page made for somebody is kept by nobody: not by a proxy, not by the back button of a shared PC.
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        if getattr(request, "has_signed_out", False):
            # For the next one at a shared computer. Not cookies: that would take the pages' own along.
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
            forget(response)
        return response

    return middleware


def see_other(get_response):
    """What was posted is answered by 303: look there now, and never send it twice (RFC 9110, 15.4.4)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and response.status_code == 302:
            response.status_code = 303
        return response

    return middleware


def own_not_found(get_response):
    """The site's own 404 also with DEBUG on, where Django's lists every address to whoever mistypes one.

    What a member typed into a form whose address is not theirs any more (a moderator no longer) stands on it,
    whether or not there is such an address. Not a visitor's: another site could have sent it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 404:
            return response
        if request.method == "POST" and request.user.is_authenticated and has_words(request):
            return render(request, "404.html", as_kept(request), status=404)
        if settings.DEBUG:
            return page_not_found(request, Http404())
        return response

    return middleware


class RefusalMiddleware:
    """A Refused that climbs out of a view becomes a page or part with its sentence and status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (Refused, VaultUnavailable)):
            return keep_or_refuse(request, str(error), status=error.status)
        return None
