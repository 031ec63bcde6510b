"""Flagging a public post: a plain form, and what happens next; either page is the same for everybody."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, Refused, member_required
from forum.actions.flag import flag
from forum.forms import FlagForm
from forum.models import Post


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag_post(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    """Whether the viewer flagged it before is asked nowhere on this page (T-SAME)."""
    posts = Post.objects.published().select_related("thread").with_byline()
    post = get_object_or_404(posts, pk=post_id)
    if request.method != "POST":
        return _page(request, post, FlagForm())
    form = FlagForm(request.POST)
    if not form.is_valid():
        return _page(request, post, form, status=422)
    try:
        flag(post, **form.flag, account=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, post, form, status=refusal.status)
    return redirect("forum:flagged")


def _page(request: MemberRequest, post: Post, form: FlagForm, *, status: int = 200) -> HttpResponse:
    context = {"post": post, "thread": post.thread, "form": form}
    return render(request, "forum/flag.html", context, status=status)


@member_required
@require_safe
def flagged(request: MemberRequest) -> HttpResponse:
    """The same words for every flag: nothing of it is in the address (leak 44)."""
    return render(request, "forum/flagged.html")
