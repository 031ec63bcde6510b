"""The moderators' desk: the list of what waits, and one item with what may be decided about it."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, moderator_required
from accounts.views.kept import is_text
from forum.actions.edit import NothingChanged
from forum.coverage import without_moderator
from forum.models import Facet, Kind, Post, Thread, Wording
from moderation.actions.appeals import grant, uphold_decision
from moderation.actions.claim import AlreadyClaimed, claim, hand_over, release, step_back, who_has
from moderation.actions.decide import (
    TextChanged,
    decline,
    hold,
    publish,
    return_to_author,
    take_agreement_back,
)
from moderation.actions.flags import dismiss, uphold
from moderation.actions.propose import propose
from moderation.clock import clock_of
from moderation.forms import (
    AppealDecisionForm,
    DecisionForm,
    DeclineForm,
    DismissForm,
    HandOverForm,
    HoldForm,
    NoteForm,
    ProposeForm,
    ProposeQuestionForm,
    ReturnForm,
    UpholdForm,
)
from moderation.listing import AGES, HOLDS, SUGGESTED, URGENCIES, Selection, list_items
from moderation.models import QueueItem
from moderation.models.appeal import FIRST_DECISION
from moderation.models.queue import EDIT
from moderation.rules import Party, kept_from, too_few_may_decide
from moderation.views.undo import last_decided, remember


@moderator_required
@require_safe
def desk(request: MemberRequest) -> HttpResponse:
    return redirect("moderation:queue")


@moderator_required
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Urgent first, then the oldest. The page asks for the list alone, live and when a filter changes."""
    now = timezone.now()
    selection = Selection.from_address(request.GET)
    after = request.GET.get("after", "")
    listed = list_items(selection, viewer=request.user, now=now, after=after)
    context = {
        "selection": selection,
        "rows": [{"item": item, **clock_of(item, now)} for item in listed.page.items],
        "mine": listed.mine,
        "page": listed.page,
        "kinds": listed.kinds,
        "total": listed.total,
        "redactions": listed.redactions,
        "undoable": last_decided(request),
        "desk": listed.desk,  # which the masthead would count again
    }
    if request.htmx:
        return render(request, "moderation/_queue.html", context)
    chosen = {facet: selection.value_of(facet) for facet in (Facet.DISCIPLINE, Facet.JURISDICTION)}
    choices = {"chosen": chosen, "urgencies": URGENCIES, "ages": AGES, "holds": HOLDS, "suggested": SUGGESTED}
    return render(request, "moderation/queue.html", {**context, **choices})


def _item(request: MemberRequest, item_id: uuid.UUID) -> QueueItem:
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
    return _page(request, _item(request, item_id))


def _page(request: MemberRequest, found: QueueItem, *, status: int = 200, **forms) -> HttpResponse:
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
        "undoable": found.decided and last_decided(request) == found.pk,
        "publish_form": DecisionForm(initial=version),
        "edit": found.edit,
        "propose_form": _propose_form(found, initial=version),
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
        found, now = _item(request, item_id), timezone.now()
        try:
            if found.decided or found.holder_at(now) != request.user:
                raise AlreadyClaimed(who_has(found, now=now))
            return view(request, found)
        except (AlreadyClaimed, TextChanged) as refusal:
            return _page_with_note(request, item_id, refusal=str(refusal), status=409)

    return guarded


def _page_with_note(
    request: MemberRequest, item_id: uuid.UUID, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The item as it is now, with the note that a form brought in the field that it was typed in."""
    found = _item(request, item_id)
    forms: dict = {"refusal": refusal}
    for prefix, form in NOTES.items():
        if typed := _typed(request, prefix):
            initial: dict = {"version": found.version}
            for name, value in typed:
                initial[name] = [*initial.get(name, []), value] if name == "points" else value
            if form is ProposeForm:
                forms["propose_form"] = _propose_form(found, initial=initial)
            else:
                of_viewer = {"by": request.user} if form is HandOverForm else {}
                forms[f"{prefix}_form"] = form(initial=initial, prefix=prefix, **of_viewer)
            forms["kept"] = {"prefix": prefix, "fields": typed, "words": [v for n, v in typed if is_text(n)]}
    return _page(request, found, status=status, **forms)


def _typed(request: MemberRequest, prefix: str) -> list[tuple[str, str]]:
    """What the form of that prefix brought besides the version that was read."""
    return [
        (name.removeprefix(f"{prefix}-"), value)
        for name, values in request.POST.lists()
        for value in values
        if value and name.startswith(f"{prefix}-") and name != f"{prefix}-version"
    ]


@moderator_required
@require_POST
def claim_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    """Take it or go on holding it; a note that was typed before the hold ran out is back in its field."""
    found = _item(request, item_id)
    claim(found, by=request.user, now=timezone.now())
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    typed = any(_typed(request, prefix) for prefix in NOTES)
    return _page_with_note(request, item_id) if typed else redirect(found)


@moderator_required
@require_POST
def release_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    release(_item(request, item_id), by=request.user, now=timezone.now())
    return redirect("moderation:queue")


@moderator_required
@require_POST
def step_back_from_item(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    step_back(_item(request, item_id), by=request.user, now=timezone.now())
    return redirect("moderation:queue")


@moderator_required
@require_POST
@by_its_holder
def hand_over_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, hand_over, HandOverForm(request.POST, by=request.user, prefix="over"))


@moderator_required
@require_POST
@by_its_holder
def publish_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, publish_form=form)
    if not publish(found, version=form.cleaned_data["version"], by=request.user, now=timezone.now()):
        return redirect(found)
    thread = Thread.objects.visible_to(request.user).get(pk=found.post.thread_id)
    return redirect(thread) if found.kind == EDIT else remember(redirect(thread), found, request.user)


def _propose_form(
    found: QueueItem, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
) -> ProposeForm:
    """Filled in with the text. Of what is no text, nothing is published with changes."""
    if not found.is_text:
        return ProposeForm(data, prefix="propose", initial=initial)
    form = ProposeQuestionForm if found.post.kind == Kind.QUESTION else ProposeForm
    words = Wording.of(found.post).as_fields()
    return form(data, prefix="propose", initial={**words, **(initial or {})})


@moderator_required
@require_POST
@by_its_holder
def propose_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = _propose_form(found, request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("note", "version")}
        try:
            propose(found, form.wording(), **given, by=request.user, now=timezone.now())
            return remember(redirect("moderation:queue"), found, request.user)
        except NothingChanged:
            form.add_error("body", "Nothing is changed so far. As it is, the text can be published above.")
    return _page(request, found, status=422, propose_form=form)


@moderator_required
@require_POST
def agree_no_more(request: MemberRequest, item_id: uuid.UUID) -> HttpResponse:
    found = _item(request, item_id)
    take_agreement_back(found, by=request.user, now=timezone.now())
    return redirect(found)


@moderator_required
@require_POST
@by_its_holder
def return_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = ReturnForm(request.POST, prefix="return")
    return _with_note(request, found, return_to_author, form)


@moderator_required
@require_POST
@by_its_holder
def decline_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    form = DeclineForm(request.POST, prefix="decline")
    return _with_note(request, found, decline, form)


def _with_note(request: MemberRequest, found: QueueItem, deed, form: NoteForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, found, status=422, **{f"{form.prefix}_form": form})
    version = form.cleaned_data["version"]
    deed(found, form.words(), version=version, by=request.user, now=timezone.now())
    return remember(redirect("moderation:queue"), found, request.user)


@moderator_required
@require_POST
@by_its_holder
def hold_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, hold, HoldForm(request.POST, prefix="hold"))


@moderator_required
@require_POST
@by_its_holder
def uphold_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, uphold, UpholdForm(request.POST, prefix="uphold"))


@moderator_required
@require_POST
@by_its_holder
def dismiss_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, dismiss, DismissForm(request.POST, prefix="dismiss"))


@moderator_required
@require_POST
@by_its_holder
def let_stand(request: MemberRequest, found: QueueItem) -> HttpResponse:
    return _by_form(request, found, uphold_decision, AppealDecisionForm(request.POST, prefix="stand"))


@moderator_required
@require_POST
@by_its_holder
def grant_item(request: MemberRequest, found: QueueItem) -> HttpResponse:
    """A text that waits again because of it is in the same hands, to be published or returned."""
    answer = _by_form(request, found, grant, AppealDecisionForm(request.POST, prefix="grant"))
    if answer.status_code == 302 and found.appeal and found.appeal.decision:
        again = QueueItem.objects.waiting().filter(post=found.post, kind=found.post.kind).first()
        return redirect(again) if again else answer  # which its author may have taken back in this moment
    return answer


def _by_form(request: MemberRequest, found: QueueItem, deed, form: Form) -> HttpResponse:
    if not form.is_valid():
        return _page(request, found, status=422, **{f"{form.prefix}_form": form})
    deed(found, **form.cleaned_data, by=request.user, now=timezone.now())
    return redirect("moderation:queue")
