"""The moderators' desk: the list of what waits, and one item with what may be decided about it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, moderator_required
from forum.models import Post, Thread
from moderation.actions.claim import claim, release
from moderation.actions.decide import decline, publish, return_to_author
from moderation.forms import DecisionForm, NoteForm
from moderation.models import QueueItem
from moderation.rules import may_decide

SHOWN = 50


@moderator_required
@require_safe
def desk(request: MemberRequest) -> HttpResponse:
    return redirect("moderation:queue")


@moderator_required
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Urgent first, then the oldest. The live client asks for the list alone."""
    now = timezone.now()
    waiting = QueueItem.objects.visible_to(request.user).waiting()
    items = list(waiting.select_related("holder", "post").order_by("-urgent", "hour", "id")[:SHOWN])
    threads = Thread.objects.visible_to(request.user).for_list()
    threads_by_id = threads.in_bulk({item.post.thread_id for item in items})
    rows = [
        {
            "item": item,
            "thread": threads_by_id[item.post.thread_id],
            "holder": item.holder_at(now),
            "hours": int((now - item.hour).total_seconds() // 3600),
        }
        for item in items
    ]
    context = {"rows": rows, "waiting": waiting.count(), "now": now}
    return render(request, "moderation/_queue.html" if request.htmx else "moderation/queue.html", context)


def _item(request: MemberRequest, item_id: uuid.UUID) -> QueueItem:
    items = QueueItem.objects.visible_to(request.user).select_related(
        "post__thread", "holder", "decision__by"
    )
    return get_object_or_404(items, pk=item_id)


@moderator_required
@require_safe
def item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    return _page(request, _item(request, item_id))


def _page(request: MemberRequest, found: QueueItem, *, status: int = 200, **forms) -> HttpResponse:
    """The item with its thread so far: facets and text, never who wrote it."""
    now = timezone.now()
    thread = Thread.objects.visible_to(request.user).for_list().get(pk=found.post.thread_id)
    published = Post.objects.published().filter(thread=thread).with_byline().in_order()
    version = {"version": found.post.version}
    context = {
        "item": found,
        "post": found.post,
        "thread": thread,
        "said": published.exclude(pk=found.post_id)[:20],
        "holder": found.holder_at(now),
        "hours": int((now - found.hour).total_seconds() // 3600),
        "may_decide": may_decide(request.user, found),
        "publish_form": DecisionForm(initial=version),
        "return_form": NoteForm(initial=version, prefix="return"),
        "decline_form": NoteForm(initial=version, prefix="decline"),
        **forms,
    }
    return render(request, "moderation/item.html", context, status=status)


@moderator_required
@require_POST
def claim_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    found = _item(request, item_id)
    claim(found, by=request.user, now=timezone.now())
    return HttpResponse(status=204) if request.headers.get("X-Requested-With") == "fetch" else redirect(found)


@moderator_required
@require_POST
def release_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    release(_item(request, item_id), by=request.user, now=timezone.now())
    return redirect("moderation:queue")


@moderator_required
@require_POST
def publish_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    found, form = _item(request, item_id), DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, publish_form=form)
    publish(found, version=form.cleaned_data["version"], by=request.user, now=timezone.now())
    return redirect(Thread.objects.visible_to(request.user).get(pk=found.post.thread_id))


@moderator_required
@require_POST
def return_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    return _with_note(request, item_id, return_to_author, "return")


@moderator_required
@require_POST
def decline_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    return _with_note(request, item_id, decline, "decline")


def _with_note(request: MemberRequest, item_id: uuid.UUID, deed, prefix: str) -> HttpResponse:
    found, form = _item(request, item_id), NoteForm(request.POST, prefix=prefix)
    if not form.is_valid():
        return _page(request, found, status=422, **{f"{prefix}_form": form})
    data = form.cleaned_data
    deed(found, data["note"], version=data["version"], by=request.user, now=timezone.now())
    return redirect("moderation:queue")
