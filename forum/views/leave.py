"""Deleting one's account: the page that says what happens, and the one that says it did."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, Refused, member_required
from accounts.forms import LeaveForm
from forum.actions.leave import leave


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, LeaveForm(request.user))
    form = LeaveForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        leave(request.user, keep_name=form.keeps_name, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=refusal.status)
    logout(request)
    return redirect("forum:left")


def _page(request: MemberRequest, form: LeaveForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "days_of_grace": settings.ANON_KEY_GRACE.days}
    return render(request, "accounts/leave.html", context, status=status)


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:  # it would not be true
        return redirect("forum:delete-account")
    return render(request, "accounts/left.html", {"days_of_grace": settings.ANON_KEY_GRACE.days})
