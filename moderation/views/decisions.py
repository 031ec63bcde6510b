"""What a moderator does with an item: takes it, puts it down, decides about it."""

import uuid

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, moderator_required
from forum.actions.edit import NothingChanged
from forum.models import Thread
from moderation.actions.appeals import grant, uphold_decision
from moderation.actions.claim import CannotHandOver, claim, hand_over, release, step_back
from moderation.actions.decide import decline, hold, publish, return_to_author, take_agreement_back
from moderation.actions.flags import dismiss, uphold
from moderation.actions.propose import propose
from moderation.forms import (
    AppealDecisionForm,
    DecisionForm,
    DeclineForm,
    DismissForm,
    HandOverForm,
    HoldForm,
    NoteForm,
    ReturnForm,
    UpholdForm,
)
from moderation.models import QueueItem
from moderation.models.queue import EDIT
from moderation.views.item import (
    NOTES,
    by_its_holder,
    find_item,
    item_page,
    page_with_note,
    propose_form,
    typed_in,
)
from moderation.views.told import back_to_queue
from moderation.views.undo import remember


@moderator_required
@require_POST
def claim_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    """Take it or go on holding it; a note that was typed before the hold ran out is back in its field."""
    found = find_item(request, item_id)
    claim(found, by=request.user, now=timezone.now())
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    if any(typed_in(request, prefix) for prefix in NOTES):
        return page_with_note(request, item_id)
    return _to_decision(found) if "read" in request.POST else redirect(found)


@moderator_required
@require_POST
def release_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    release(find_item(request, item_id), by=request.user, now=timezone.now())
    return back_to_queue("put-back")


@moderator_required
@require_POST
def step_back_from_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    step_back(find_item(request, item_id), by=request.user, now=timezone.now())
    return back_to_queue("stepped-back")


@moderator_required
@require_POST
@by_its_holder
def hand_over_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = HandOverForm(request.POST, by=request.user, prefix="over")
    try:
        return _by_form(request, found, hand_over, form, "handed-over")
    except CannotHandOver as refusal:
        form.add_error("to", str(refusal))
    return item_page(request, found, status=422, over_form=form)


@moderator_required
@require_POST
@by_its_holder
def publish_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return item_page(request, found, status=422, publish_form=form)
    if not publish(found, version=form.cleaned_data["version"], by=request.user, now=timezone.now()):
        return _to_decision(found)
    thread = Thread.objects.visible_to(request.user).get(pk=found.post.thread_id)
    return redirect(thread) if found.kind == EDIT else remember(redirect(thread), found, request.user)


@moderator_required
@require_POST
@by_its_holder
def propose_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = propose_form(found, request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("note", "version")}
        try:
            propose(found, form.wording(), **given, by=request.user, now=timezone.now())
            return remember(back_to_queue("proposed"), found, request.user)
        except NothingChanged:
            form.add_error("body", "Nothing is changed so far. As it is, the text can be published above.")
    return item_page(request, found, status=422, propose_form=form)


@moderator_required
@require_POST
def agree_no_more(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    found = find_item(request, item_id)
    take_agreement_back(found, by=request.user, now=timezone.now())
    return _to_decision(found)


@moderator_required
@require_POST
@by_its_holder
def return_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = ReturnForm(request.POST, prefix="return")
    return _with_note(request, found, return_to_author, form, "returned")


@moderator_required
@require_POST
@by_its_holder
def decline_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = DeclineForm(request.POST, prefix="decline")
    return _with_note(request, found, decline, form, "declined")


def _with_note(request: MemberRequest, found: QueueItem, deed, form: NoteForm, telling: str) -> HttpResponse:
    if not form.is_valid():
        return item_page(request, found, status=422, **{f"{form.prefix}_form": form})
    version = form.cleaned_data["version"]
    deed(found, form.words(), version=version, by=request.user, now=timezone.now())
    return remember(back_to_queue(telling), found, request.user)


@moderator_required
@require_POST
@by_its_holder
def hold_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, hold, HoldForm(request.POST, prefix="hold"), "held")


@moderator_required
@require_POST
@by_its_holder
def uphold_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, uphold, UpholdForm(request.POST, prefix="uphold"), "flags")


@moderator_required
@require_POST
@by_its_holder
def dismiss_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, dismiss, DismissForm(request.POST, prefix="dismiss"), "flags")


@moderator_required
@require_POST
@by_its_holder
def let_stand(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = AppealDecisionForm(request.POST, prefix="stand")
    return _by_form(request, found, uphold_decision, form, "appeal")


@moderator_required
@require_POST
@by_its_holder
def grant_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    """A text that waits again because of it is in the same hands, to be published or returned."""
    answer = _by_form(request, found, grant, AppealDecisionForm(request.POST, prefix="grant"), "appeal")
    if answer.status_code == 302 and found.appeal and found.appeal.decision:
        again = QueueItem.objects.waiting().filter(post=found.post, kind=found.post.kind).first()
        return _to_decision(again) if again else answer  # which its author may have taken back in this moment
    return answer


def _by_form(request: MemberRequest, found: QueueItem, deed, form: Form, telling: str) -> HttpResponse:
    if not form.is_valid():
        return item_page(request, found, status=422, **{f"{form.prefix}_form": form})
    deed(found, **form.cleaned_data, by=request.user, now=timezone.now())
    return back_to_queue(telling)


def _to_decision(found: QueueItem) -> HttpResponse:
    """Its page, where it goes on."""
    return redirect(f"{found.get_absolute_url()}#decision")
