"""Who may do what (the roles), as named questions; and how a refusal reads."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from accounts.models import Account


class MemberRequest(HttpRequest):
    """What a view behind one of the decorators below is given."""

    user: Account
    htmx: HtmxDetails


class Refused(Exception):
    """A deed that the rules do not allow, in a sentence for its reader."""

    status = 409


class NotAllowed(Refused):
    status = 403


class TooMany(Refused):
    status = 429


def is_member(viewer) -> bool:
    """Signed in. allauth lets nobody in whose address is not confirmed."""
    return bool(viewer.is_authenticated and viewer.is_active)


def may_ask(viewer) -> bool:
    return is_member(viewer)


def may_follow(viewer) -> bool:
    return is_member(viewer)


def may_consult(viewer) -> bool:
    return may_moderate(viewer)


def may_give_perspective(viewer) -> bool:
    """Verified clinicians who are not moderators: a moderator's reply is a consultation."""
    return is_member(viewer) and viewer.is_verified and not viewer.is_moderator


def may_moderate(viewer) -> bool:
    return is_member(viewer) and viewer.acts_as_moderator


def may_read_record(viewer) -> bool:
    """What moderators did. An administrator who is no moderator reads it too."""
    return may_moderate(viewer) or may_appoint(viewer)


def may_appoint(viewer) -> bool:
    return is_member(viewer) and viewer.is_administrator


def may_see_members(viewer) -> bool:
    """Look members up, and verify them: moderators, and administrators who are none."""
    return may_moderate(viewer) or may_appoint(viewer)


def required(may: Callable[..., bool]):
    """A view for those whom `may` lets pass. Signed out: to sign-in, keeping the text. Wrong role: 404."""

    def decorate(view):
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            viewer = request.user
            if not (isinstance(viewer, Account) and is_member(viewer)):
                from accounts.views.kept import sign_in_first

                return sign_in_first(request)
            if not may(viewer):
                # Their own desk, and no second factor so far.
                if may in (may_moderate, may_read_record, may_see_members) and viewer.is_moderator:
                    return redirect("mfa_index")
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


member_required = required(is_member)
moderator_required = required(may_moderate)
record_required = required(may_read_record)
members_required = required(may_see_members)
administrator_required = required(may_appoint)
perspective_required = required(may_give_perspective)
