"""The author of an anonymous post, as far as moderators may know: a label, and what it wrote in this thread.

The address names the post and no persona. Who it is, or is paused, is asked nowhere here (T-SUSP).
"""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, moderator_required
from forum.models import Post
from moderation.actions.silence import lift_pause, mute, pause_author, unmute
from moderation.forms import PauseForm
from moderation.models import AuditEvent

SHOWN = 50
RECORDED = {
    "persona.muted": "Muted in this thread",
    "persona.unmuted": "No longer muted in this thread",
    "author.paused": "The author’s anonymous posting paused",
    "pause.lifted": "The author’s pause lifted, if there was one",
}


@moderator_required
@require_safe
def author(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    return _page(request, _anonymous(request, post_id), PauseForm())


@moderator_required
@require_POST
def mute_author(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    return _done(request, post_id, mute)


@moderator_required
@require_POST
def unmute_author(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    return _done(request, post_id, unmute)


@moderator_required
@require_POST
def pause(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, _anonymous(request, post_id), form, status=422)
    return _done(request, post_id, pause_author, days=form.cleaned_data["days"])


@moderator_required
@require_POST
def lift(request: MemberRequest, post_id: uuid.UUID) -> HttpResponse:
    return _done(request, post_id, lift_pause)


def _anonymous(request: MemberRequest, post_id: uuid.UUID) -> Post:
    posts = Post.objects.visible_to(request.user).exclude(persona=None).select_related("thread", "persona")
    return get_object_or_404(posts, pk=post_id)


def _page(request: MemberRequest, post: Post, form: PauseForm, *, status: int = 200) -> HttpResponse:
    said = Post.objects.visible_to(request.user).filter(persona=post.persona).in_order()
    events = AuditEvent.objects.about(post.persona, *said).by_moderators()
    context = {
        "post": post,
        "thread": post.thread,
        "persona": post.persona,
        "said": said[:SHOWN],
        "record": [(RECORDED.get(event.kind, event.deed), event) for event in events[:SHOWN]],
        "pause_form": form,
    }
    return render(request, "moderation/author.html", context, status=status)


def _done(request: MemberRequest, post_id: uuid.UUID, deed, **details) -> HttpResponse:
    """The same answer whatever the deed found: the page, at what moderators did."""
    post = _anonymous(request, post_id)
    deed(post.persona, by=request.user, now=timezone.now(), **details)
    return redirect(f"{reverse('moderation:author', args=[post.pk])}#record")
