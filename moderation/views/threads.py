"""A thread as moderators care for it: closing, hiding, merging, and what undoes each; and what was done."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, NotAllowed, moderator_required
from forum.models import Kind, Post, Thread
from forum.states import State
from forum.text.passages import Passages
from moderation.actions.flags import show
from moderation.actions.merge import CannotMerge, merge, unmerge
from moderation.actions.redact import REDACTABLE, concerned, places
from moderation.actions.threads import close, hide, reopen, unhide
from moderation.forms import CloseForm, HideForm, MergeForm
from moderation.models import AuditEvent, Redaction
from moderation.rules import Party, kept_from_posts

SHOWN = 50
RECORDED = {
    "thread.closed": "Closed",
    "thread.reopened": "Opened again",
    "thread.merged": "Merged into another",
    "thread.taken-apart": "Taken apart again",
    "thread.hidden": "Hidden",
    "thread.hidden-by-flags": "Hidden because of flags, until a moderator looks",
    "thread.shown": "Shown again",
    "thread.redaction-asked": "Removing words asked for",
    "thread.redaction-refused": "Removing words refused",
    "thread.redacted": "Words removed",
    "post.hidden": "Reply hidden",
    "post.hidden-by-flags": "Reply hidden because of flags, until a moderator looks",
    "post.shown": "Reply shown again",
}


@moderator_required
@require_safe
def thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _page(request, _thread(request, public_id))


@moderator_required
@require_POST
def close_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _with_reason(request, public_id, close, CloseForm(request.POST, prefix="close"))


@moderator_required
@require_POST
def reopen_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _done(request, _thread(request, public_id), reopen)


@moderator_required
@require_POST
def hide_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _with_reason(request, public_id, hide, HideForm(request.POST, prefix="hide"))


@moderator_required
@require_POST
def unhide_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _done(request, _thread(request, public_id), unhide)


@moderator_required
@require_POST
def merge_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    found, form = _thread(request, public_id), MergeForm(request.POST, prefix="merge")
    if form.is_valid():
        try:
            return _done(request, found, merge, form.cleaned_data["into"])
        except CannotMerge as refusal:
            form.add_error("into", str(refusal))
    return _page(request, found, status=422, merge_form=form)


@moderator_required
@require_POST
def unmerge_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return _done(request, _thread(request, public_id), unmerge)


def _thread(request: MemberRequest, public_id: str) -> Thread:
    return get_object_or_404(Thread.objects.visible_to(request.user).for_list(), public_id=public_id)


def _page(request: MemberRequest, found: Thread, *, status: int = 200, **forms) -> HttpResponse:
    asked = Redaction.objects.visible_to(request.user).waiting().filter(thread=found).first()
    question = found.posts.get(kind=Kind.QUESTION)
    posts = list(Post.objects.visible_to(request.user).filter(thread=found).select_related("thread"))
    hidden = [post for post in posts if post.state == State.HIDDEN][:SHOWN]
    with_words = concerned(asked) if asked else []
    kept = kept_from_posts(request.user, posts)
    context = {
        "thread": found,
        "kept_from": kept.get(question.pk),
        "hidden": [(post, kept.get(post.pk)) for post in hidden],
        "may_settle": not any(post.pk in kept for post in with_words),
        "record": _record(request, found, posts, kept),
        "close_form": CloseForm(prefix="close"),
        "hide_form": HideForm(prefix="hide"),
        "merge_form": MergeForm(prefix="merge"),
        "duplicates": found.duplicates.readable().order_by("hour", "id"),
        "asked": asked,
        "redactable": REDACTABLE,
        "places": places(found, Passages(asked.words)) if asked else [],
        **forms,
    }
    return render(request, "moderation/thread.html", context, status=status)


def _record(
    request: MemberRequest, found: Thread, posts: list[Post], kept: dict[uuid.UUID, NotAllowed]
) -> list[tuple[str, AuditEvent]]:
    """What was done with the thread and its texts; but which colleague did it, no party to it reads."""
    party = {str(post) for post in posts if isinstance(kept.get(post.pk), Party)}
    party |= {str(found) for post in posts if post.kind == Kind.QUESTION and str(post) in party}
    events = list(AuditEvent.objects.about(found, *posts).by_moderators(also=RECORDED)[:SHOWN])
    for event in events:
        if event.about in party and event.by != request.user:
            event.by = None
    return [(RECORDED.get(event.kind, event.deed), event) for event in events]


def _with_reason(request: MemberRequest, public_id: str, deed, form: CloseForm | HideForm) -> HttpResponse:
    found = _thread(request, public_id)
    if not form.is_valid():
        return _page(request, found, status=422, **{f"{form.prefix}_form": form})
    return _done(request, found, deed, form.cleaned_data["reason"])


def _done(request: MemberRequest, found: Thread, deed, *what: str | Thread) -> HttpResponse:
    deed(found, *what, by=request.user, now=timezone.now())
    return _to_record(found)


def _to_record(found: Thread) -> HttpResponse:
    return redirect(f"{reverse('moderation:thread', args=[found.public_id])}#record")


@moderator_required
@require_POST
def show_post(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).select_related("thread")
    post = get_object_or_404(posts, pk=post_id)
    show(post, by=request.user, now=timezone.now())
    return _to_record(post.thread)
