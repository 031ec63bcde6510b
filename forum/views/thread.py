"""One thread: the same bytes for its author and any other member (T-SAME); and replying in it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import (
    MemberRequest,
    may_consult,
    may_give_perspective,
    member_required,
    moderator_required,
    perspective_required,
)
from forum import preview
from forum.actions.compose import Author
from forum.actions.follow import level_of
from forum.actions.reply import consult, give_perspective, give_perspective_as_persona
from forum.forms import ConsultForm, IdentityForm, ReplyForm
from forum.models import Kind, Post, Thread
from forum.silence import Silenced
from forum.states import State
from forum.views.following import follow_as_asked
from forum.views.kept import kept_for_visitors
from forum.views.previewed import preview_part

POSTS = 50  # on one page of a thread


def _open_thread(request: HttpRequest, public_id: str) -> Thread:
    return get_object_or_404(Thread.objects.visible_to(request.user).for_page(), public_id=public_id)


@require_safe
@kept_for_visitors
def thread(request: HttpRequest, public_id: str, slug: str = "") -> HttpResponse:
    found = _open_thread(request, public_id)
    return redirect(found, permanent=True) if slug != found.slug else _page(request, found)


def _page(request: HttpRequest, found: Thread, *, status: int = 200, **forms) -> HttpResponse:
    if found.state == State.WITHDRAWN:
        return render(request, "forum/withdrawn.html", {"thread": found}, status=410)
    viewer = request.user
    if may_consult(viewer):
        forms.setdefault("consult_form", ConsultForm())
    if may_give_perspective(viewer):
        forms.setdefault("perspective_form", ReplyForm())
        forms.setdefault("identity_form", IdentityForm())
    level = level_of(found, by=viewer) if viewer.is_authenticated else ""
    context = {"thread": found, **_posts(request, found), "level": level, **forms}
    if found.has_duplicates:
        context["duplicates"] = found.duplicates.readable().order_by("hour", "id")
    return render(request, "forum/thread.html", context, status=status)


def _start(request: HttpRequest) -> int:
    start = request.GET.get("from", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1


def _posts(request: HttpRequest, found: Thread) -> dict:
    """The question and one page of the posts after position `?from=`."""
    start = _start(request)
    if found.is_open:
        posts = Post.objects.published().order_by("position")  # as the index has them: none is without
    else:
        posts = Post.objects.visible_to(request.user).in_order()
    if start > 1:
        posts = posts.filter(position__gte=start)
    window = list(posts.filter(thread=found).with_byline()[: POSTS + 1])
    more = window[POSTS].position if len(window) > POSTS else None
    window = window[:POSTS]
    for post in window:
        post.thread = found
    question = window[0] if window and window[0].kind == "question" else None
    return {
        "question": question,
        "posts": window[1:] if question else window,
        "next_from": more,
        "last_position": max((post.position or 0 for post in window), default=0),
        "first_page": start <= 1,
    }


@require_GET
def since(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """The posts after `position`, as the open page inserts them; 204 when there is none."""
    found = _open_thread(request, public_id)
    posts = Post.objects.published().filter(thread=found, position__gt=position).with_byline().in_order()
    fresh = list(posts[:POSTS])
    if not fresh:
        return HttpResponse(status=204)
    response = render(request, "forum/_posts.html", {"thread": found, "posts": fresh})
    response.headers["X-Last-Position"] = str(fresh[-1].position)
    response.headers["X-New-Posts"] = str(len(fresh))
    return response


@moderator_required
@require_POST
def reply(request: MemberRequest, public_id: str) -> HttpResponse:
    found = _open_thread(request, public_id)
    form = ConsultForm(request.POST)
    ready = form.is_valid()
    if "preview" in request.POST:
        return _preview(request, found, Kind.CONSULTATION, form, by=request.user, consult_form=form)
    if not ready:
        return _page(request, found, status=422, consult_form=form)
    try:
        post = consult(found, form.text(), by=request.user, now=timezone.now())
    except Silenced as refusal:
        form.add_error(None, str(refusal))
        return _page(request, found, status=refusal.status, consult_form=form)
    return redirect(post)


@perspective_required
@require_POST
def perspective(request: MemberRequest, public_id: str) -> HttpResponse:
    found = _open_thread(request, public_id)
    form, identity = ReplyForm(request.POST), IdentityForm(request.POST)
    ready = form.is_valid() & identity.is_valid()
    forms = {"perspective_form": form, "identity_form": identity}
    if "preview" in request.POST:
        by = preview.new_colleague(found) if identity.is_anonymous else request.user
        kind = Kind.CLARIFICATION if found.author == by else Kind.PERSPECTIVE
        return _preview(request, found, kind, form, by=by, **forms)
    if not ready:
        return _page(request, found, status=422, **forms)
    try:
        if identity.is_anonymous:
            give_perspective_as_persona(found, form.text(), account=request.user, now=timezone.now())
        else:
            give_perspective(found, form.text(), by=request.user, now=timezone.now())
    except Silenced as refusal:  # told here and not before: the page itself is the same for everybody
        form.add_error(None, str(refusal))
        return _page(request, found, status=refusal.status, **forms)
    return redirect("forum:sent")


def _preview(
    request: MemberRequest, found: Thread, kind: Kind, form: ReplyForm, *, by: Author, **forms
) -> HttpResponse:
    form.preview = preview.of_reply(found, kind, form.text(), by=by, now=timezone.now())
    return preview_part(request, form) or _page(request, found, **forms)


@member_required
@require_POST
def follow_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    found = _open_thread(request, public_id)
    if found.state == State.WITHDRAWN:
        raise Http404
    return follow_as_asked(found, request)
