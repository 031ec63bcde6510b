"""Asks again who it is: a moderator's deeds here need a second factor, or else a password, minutes old."""

import time
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import MemberRequest
from accounts.views.kept import has_words, keep
from breakglass.models import UnmaskRequest

FORBIDDEN = 403


def confirmed_lately(request: MemberRequest) -> bool:
    """Whether whoever holds this session gave the strongest proof that the account has, just now.

    A session keeps these times in steps of five minutes, so that it may be up to twice allauth's five.
    """
    method = "mfa" if is_mfa_enabled(request.user) else "password"
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["method"] == method and record["at"] > since for record in records)


def confirmation_page(request: MemberRequest, back: str) -> str:
    """Where the account confirms who it is, and which page it then comes back to."""
    name = "account_reauthenticate"
    if is_mfa_enabled(request.user):
        has_code = is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP])
        name = "mfa_reauthenticate" if has_code else "mfa_reauthenticate_webauthn"
    return f"{reverse(name)}?{urlencode({'next': back})}"


def confirmed(view: Any) -> Any:
    """A view for whoever confirmed lately. Words that were typed are kept, in the page alone.

    Not allauth's own decorator: it writes a form that was sent, and with it the reason, into the session.
    """

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if confirmed_lately(request):
            return view(request, *args, **kwargs)
        page = confirmation_page(request, _page_of(request, **kwargs))
        if has_words(request):
            sentence = "It is some minutes since you confirmed that it is you, so nothing was sent."
            return keep(request, sentence, status=FORBIDDEN, confirm=page)
        return redirect(page)

    return guarded


def _page_of(request: HttpRequest, **kwargs: Any) -> str:
    """The page on which the form stands: an address that is only for sending has none."""
    if request.method == "POST" and "request_id" in kwargs:
        return UnmaskRequest(pk=kwargs["request_id"]).get_absolute_url()
    return request.get_full_path()
