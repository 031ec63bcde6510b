"""The digest: choosing it, seeing what it would say, and ending it by the link in a mail."""

from copy import copy
from datetime import timedelta
from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, member_required
from anonymity.hour import hour_of
from forum.actions.digest import choose_digest, digest_of
from forum.actions.notice_settings import notice_settings_of
from forum.digest_forms import DigestForm
from forum.digests.contents import Window
from forum.digests.followed import followed_by
from forum.digests.letter import Letter
from forum.digests.schedule import PERIOD
from forum.models.digest import About, Every
from forum.unsubscribe import unsubscribe

MONTH = timedelta(days=30)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}  # RFC 8058


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    kept = digest_of(request.user, now=now)
    chosen = copy(kept)
    sent = request.POST if request.method == "POST" else None
    form = DigestForm(sent, instance=chosen, zone_elsewhere=notice_settings_of(request.user).zone)
    if form.is_valid():
        choose_digest(chosen, now=now)
        return redirect(f"{request.path}?saved")
    context = {
        "form": form,
        "digest": kept,
        "followed": sorted(followed_by([request.user.pk])[request.user.pk].tags, key=attrgetter("label")),
        "saved": "saved" in request.GET,
    }
    return render(request, "forum/digest.html", context, status=422 if form.is_bound else 200)


@member_required
@require_safe
def preview(request: MemberRequest) -> HttpResponse:
    """What a digest of the last day or week would have said; of the last month, where that is nothing."""
    now = timezone.now()
    chosen = digest_of(request.user, now=now)
    theirs = followed_by([request.user.pk])[request.user.pk]
    for period in (PERIOD[Every(chosen.every if chosen.is_on else Every.WEEK)], MONTH):
        window = Window(hour_of(now - period), hour_of(now))
        if contents := window.seen_by(None if chosen.about == About.ALL else theirs.tags, theirs):
            break
    letter = Letter(chosen, contents, window)
    return render(request, "forum/digest_preview.html", {**letter.context(), "letter": letter})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a GET changes nothing, a POST with the one body it names needs no cookie and no page before.

    Every token is answered alike.
    """
    done = request.method == "POST"
    if done:
        if request.POST.dict() != ONE_CLICK:
            return render(request, "forum/unsubscribe.html", {"done": False}, status=400)
        unsubscribe(token, now=timezone.now())
    return render(request, "forum/unsubscribe.html", {"done": done})
