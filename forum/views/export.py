"""The two exports: what is under the account's name, and, apart from it, what it wrote anonymously."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from accounts.confirm import confirmed_required
from accounts.forms import PasswordForm
from anonymity import vault
from forum import export


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_named(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "forum/export.html", {"form": PasswordForm(request.user)})
    form = PasswordForm(request.user, request.POST)
    if not form.is_valid():
        return render(request, "forum/export.html", {"form": form}, status=422)
    return _file(export.by_name(request.user))


@member_required
@require_POST
@confirmed_required
def export_anonymous(request: MemberRequest) -> HttpResponse:
    """For whoever may open the list of the account's anonymous threads."""
    return _file(export.by_personas(vault.personas_of(request.user)))


def _file(content: dict[str, Any]) -> HttpResponse:
    """One name for all such files: it stays behind in the browser's list of downloads."""
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="sounding-board.json"'
    return response
