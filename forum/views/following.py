"""Following from a page: whatever it is of, the same buttons."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import MemberRequest
from forum.actions.follow import follow, unfollow
from forum.models import Tag, Thread
from forum.models.follow import Level


def follow_as_asked(what: Thread | Tag, request: MemberRequest) -> HttpResponse:
    """Follow, mute or stop following it, by the button that was pressed; back to what now says so."""
    asked = request.POST.get("level", "")
    if "stop" in request.POST:
        unfollow(what, by=request.user)
    else:
        follow(what, Level(asked) if asked in Level.values else None, by=request.user)
    return redirect(f"{what.get_absolute_url()}#follow")
