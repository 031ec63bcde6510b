"""Of what a member hears: choosing it."""

from copy import copy

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_required
from forum.actions.notice_settings import choose_notices, notice_settings_of
from forum.models import Digest, Follow
from forum.notice_forms import NoticeSettingsForm

SHOWN = 200


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: MemberRequest) -> HttpResponse:
    kept = notice_settings_of(request.user)
    chosen = copy(kept)
    sent = request.POST if request.method == "POST" else None
    digest = Digest.objects.filter(account=request.user).only("zone").first()
    elsewhere = digest.zone if digest else ""
    form = NoticeSettingsForm(sent, instance=chosen, account=request.user, zone_elsewhere=elsewhere)
    if form.is_valid():
        choose_notices(chosen)
        return redirect(f"{request.path}?saved")
    followed = Follow.objects.of(request.user).shown().order_by("-pk")[:SHOWN]
    context = {
        "form": form,
        "settings": kept,
        "followed": followed,
        "at_most": settings.MAILS_A_DAY,
        "saved": "saved" in request.GET,
    }
    return render(request, "forum/notice_settings.html", context, status=422 if form.is_bound else 200)
