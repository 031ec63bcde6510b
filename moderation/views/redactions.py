"""Words that are to leave a thread for good: one moderator asks, a second agrees or refuses."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, moderator_required
from forum.models import Post, Thread
from forum.states import State
from moderation.actions.redact import ask_to_redact, redact, refuse_redaction
from moderation.forms import RedactForm
from moderation.models import Redaction

SHOWN = 50


@moderator_required
@require_safe
def redactions(request: MemberRequest) -> HttpResponse:
    """What waits for a second moderator, the oldest first."""
    waiting = Redaction.objects.visible_to(request.user).waiting().select_related("thread", "asked_by")
    return render(request, "moderation/redactions.html", {"redactions": waiting[:SHOWN]})


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, public_id: str) -> HttpResponse:
    """The form, beside every text of the thread as it was typed."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), public_id=public_id)
    form = RedactForm(request.POST if request.method == "POST" else None, thread=thread)
    if form.is_valid():
        data = form.cleaned_data
        ask_to_redact(
            thread, data["words"], data["reason"], hidden=data["hidden"], by=request.user, now=timezone.now()
        )
        return redirect(f"{reverse('moderation:thread', args=[public_id])}#redaction")
    texts = (
        Post.objects.visible_to(request.user)
        .filter(thread=thread)
        .exclude(body="")
        .select_related("edit")
        .in_order()
    )
    context = {"thread": thread, "form": form, "texts": texts}
    return render(request, "moderation/redact.html", context, status=422 if form.is_bound else 200)


@moderator_required
@require_POST
def agree(request: MemberRequest, redaction_id: uuid.UUID) -> HttpResponse:
    return _settle(request, redaction_id, redact)


@moderator_required
@require_POST
def refuse(request: MemberRequest, redaction_id: uuid.UUID) -> HttpResponse:
    return _settle(request, redaction_id, refuse_redaction)


def _settle(request: MemberRequest, redaction_id: uuid.UUID, deed) -> HttpResponse:
    asked = get_object_or_404(
        Redaction.objects.visible_to(request.user).select_related("thread"), pk=redaction_id
    )
    deed(asked, by=request.user, now=timezone.now())
    asked.thread.refresh_from_db(fields=["state"])
    # Hidden for the sake of the words, it would stay so unless somebody thinks of it.
    place = "show" if asked.thread.state == State.HIDDEN else "record"
    return redirect(f"{reverse('moderation:thread', args=[asked.thread.public_id])}#{place}")
