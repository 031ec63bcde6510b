"""One item of the queue with what may be decided about it, and what was typed beside it."""

import uuid
from collections.abc import Callable
from functools import wraps
from itertools import takewhile
from typing import Any

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, moderator_required
from accounts.views.kept import is_text
from forum.coverage import without_moderator
from forum.models import Kind, Post, Thread, Wording
from moderation.actions.claim import AlreadyClaimed, who_has
from moderation.actions.decide import TextChanged
from moderation.clock import clock_of
from moderation.forms import (
    AppealDecisionForm,
    DecisionForm,
    DeclineForm,
    DismissForm,
    HandOverForm,
    HoldForm,
    ProposeForm,
    ProposeQuestionForm,
    ReturnForm,
    UpholdForm,
)
from moderation.models import Decision, QueueItem, Verdict
from moderation.models.appeal import FIRST_DECISION
from moderation.rules import Party, kept_from, too_few_may_decide
from moderation.views.undo import last_decided

EARLIER = 10  # decisions about the same text, shown beside it


def find_item(request: MemberRequest, item_id: uuid.UUID) -> QueueItem:
    items = QueueItem.objects.visible_to(request.user).select_related(
        "post__thread",
        "holder",
        "suggested_to",
        "agreed_by",
        "decision__by",
        *(f"appeal__{each}" for each in (*FIRST_DECISION, "sanction__account")),
    )
    return get_object_or_404(items, pk=item_id)


@moderator_required
@require_safe
def item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    return item_page(request, find_item(request, item_id))


def item_page(request: MemberRequest, found: QueueItem, *, status: int = 200, **forms) -> HttpResponse:
    """The item with its thread so far: facets and text, never who wrote it."""
    now = timezone.now()
    version = {"version": found.version}
    everybody_kept = kept_from(found)
    kept = everybody_kept.get(request.user.pk)
    context = {
        "item": found,
        **_thread_of(request, found),
        **clock_of(found, now),
        "kept_from": kept and kept(),
        "is_party": kept is Party,  # who reads nothing that colleagues say of it, nor which of them
        "too_few": too_few_may_decide(found, everybody_kept),
        "takes_two": not found.decided and found.takes_two,
        "earlier": [] if kept or found.appeal else _decided_before(found),
        "undoable": found.decided and last_decided(request) == found.pk,
        "publish_form": DecisionForm(initial=version),
        "edit": found.edit,
        "propose_form": propose_form(found, initial=version),
        "return_form": ReturnForm(initial=version, prefix="return"),
        "decline_form": DeclineForm(initial=version, prefix="decline"),
        "hold_form": HoldForm(initial=version, prefix="hold"),
        "uphold_form": UpholdForm(initial=version, prefix="uphold"),
        "dismiss_form": DismissForm(initial=version, prefix="dismiss"),
        "stand_form": AppealDecisionForm(initial=version, prefix="stand"),
        "grant_form": AppealDecisionForm(initial=version, prefix="grant"),
        "over_form": HandOverForm(by=request.user, prefix="over"),
        **forms,
    }
    template = "moderation/appeal.html" if found.appeal else "moderation/item.html"
    return render(request, template, context, status=status)


def _decided_before(found: QueueItem) -> list[Decision]:
    """What colleagues said of the text before it came in again; of an edit, since the last that is public."""
    made = Decision.objects.before(found)[:EARLIER]
    return list(takewhile(lambda each: each.verdict != Verdict.PUBLISH, made))


def _thread_of(request: MemberRequest, found: QueueItem) -> dict:
    """What the text stands in; nothing for the appeal of a sanction."""
    if not found.post_id:
        return {}
    thread = Thread.objects.visible_to(request.user).for_list().get(pk=found.post.thread_id)
    published = Post.objects.published().filter(thread=thread).with_byline().in_order()
    return {
        "post": found.post,
        "thread": thread,
        "said": published.exclude(pk=found.post_id)[:20],
        "uncovered": without_moderator(thread),
    }


# What a moderator writes beside an item, by the prefix of its form.
NOTES: dict[str, Callable[..., Form]] = {
    "propose": ProposeForm,
    "return": ReturnForm,
    "decline": DeclineForm,
    "hold": HoldForm,
    "uphold": UpholdForm,
    "dismiss": DismissForm,
    "stand": AppealDecisionForm,
    "grant": AppealDecisionForm,
    "over": HandOverForm,
}


def by_its_holder(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A deed of who holds the item. Refused, it shows the item as it is now, and what was typed beside it.

    The one place where a view catches a refusal: a page with the sentence alone could not show the new text.
    """

    @wraps(view)
    def guarded(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
        found, now = find_item(request, item_id), timezone.now()
        try:
            if found.decided or found.holder_at(now) != request.user:
                raise AlreadyClaimed(who_has(found, now=now))
            return view(request, found)
        except (AlreadyClaimed, TextChanged) as refusal:
            return page_with_note(request, item_id, refusal=str(refusal), status=409)

    return guarded


def page_with_note(
    request: MemberRequest, item_id: uuid.UUID, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The item as it is now, with the note that a form brought in the field that it was typed in."""
    found = find_item(request, item_id)
    forms: dict = {"refusal": refusal}
    for prefix, form in NOTES.items():
        if typed := typed_in(request, prefix):
            initial: dict = {"version": found.version}
            for name, value in typed:
                initial[name] = [*initial.get(name, []), value] if name == "points" else value
            if form is ProposeForm:
                forms["propose_form"] = propose_form(found, initial=initial)
            else:
                of_viewer = {"by": request.user} if form is HandOverForm else {}
                forms[f"{prefix}_form"] = form(initial=initial, prefix=prefix, **of_viewer)
            forms["kept"] = {"prefix": prefix, "fields": typed, "words": [v for n, v in typed if is_text(n)]}
    return item_page(request, found, status=status, **forms)


def typed_in(request: MemberRequest, prefix: str) -> list[tuple[str, str]]:
    """What the form of that prefix brought besides the version that was read."""
    return [
        (name.removeprefix(f"{prefix}-"), value)
        for name, values in request.POST.lists()
        for value in values
        if value and name.startswith(f"{prefix}-") and name != f"{prefix}-version"
    ]


def propose_form(
    found: QueueItem, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
) -> ProposeForm:
    """Filled in with the text. Of what is no text, nothing is published with changes."""
    if not found.is_text:
        return ProposeForm(data, prefix="propose", initial=initial)
    form = ProposeQuestionForm if found.post.kind == Kind.QUESTION else ProposeForm
    words = Wording.of(found.post).as_fields()
    return form(data, prefix="propose", initial={**words, **(initial or {})})
