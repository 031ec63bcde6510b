"""What belongs to the account: its threads by name, its anonymous ones, and the author's tools for both.

The tools are here and nowhere else, so that no shared page differs for an author (T-SAME);
`returning` opens them by code.
"""

import uuid
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_required
from accounts.confirm import confirmed_required
from anonymity import vault
from forum import preview
from forum.actions.appeal import appeal
from forum.actions.reply import clarify, take_persona_slot
from forum.actions.revise import resubmit, resubmit_question
from forum.actions.update import post_update
from forum.actions.withdraw import withdraw
from forum.coverage import without_moderator
from forum.forms import AppealForm, AskForm, ReplyForm, UpdateForm
from forum.lifecycle import IllegalMove
from forum.models import Kind, Persona, Post, Thread
from forum.preview import Preview
from forum.silence import Silenced, require_unpaused
from forum.states import State
from forum.views import editing
from forum.views.own import Mine, Own
from forum.views.previewed import preview_part
from moderation import intake

SHOWN = 200
DEEDS = ("clarify", "update", "revise", "appeal")
KINDS = {"clarify": Kind.CLARIFICATION, "update": Kind.UPDATE}


@member_required
@require_safe
def my_threads(request: MemberRequest) -> HttpResponse:
    threads = Thread.objects.with_posts_by(request.user).for_list()
    threads = threads.order_by("-active_hour", "-id")[:SHOWN]
    mine = [
        Mine(thread, request.user, reverse("forum:my-thread", args=[thread.public_id])) for thread in threads
    ]
    return render(request, "forum/my_threads.html", {"mine": mine})


@member_required
@confirmed_required
@require_safe
def my_anonymous(request: MemberRequest) -> HttpResponse:
    personas = Persona.objects.filter(pk__in=vault.personas_of(request.user))
    threads = Thread.objects.of_personas(personas).for_list().in_bulk()
    mine = [
        Mine(threads[persona.thread_id], persona, _persona_url(request, persona))
        for persona in personas.order_by("-thread__active_hour", "id")
        if persona.thread_id in threads
    ]
    return render(request, "forum/my_anonymous.html", {"mine": mine})


def _handle(request: MemberRequest, persona_id: uuid.UUID) -> str:
    """A name of the persona for this session only: its id never shows in an address or history (leak 75).

    Keyed by the installation's secret, since sessions and personas stand side by side in a stolen database.
    """
    named = f"{request.session.session_key} {persona_id}"
    return salted_hmac("forum.views.mine", named, algorithm="sha256").hexdigest()[:32]


def _persona_url(request: MemberRequest, persona: Persona) -> str:
    return reverse("forum:my-persona", args=[_handle(request, persona.pk)])


def _named(request: MemberRequest, public_id: str) -> Mine:
    threads = Thread.objects.with_posts_by(request.user).for_list()
    thread = get_object_or_404(threads, public_id=public_id)
    return Mine(thread, request.user, _named_url(thread))


def _named_url(thread: Thread) -> str:
    return reverse("forum:my-thread", args=[thread.public_id])


def _anonymous(request: MemberRequest, handle: str) -> Mine:
    for persona_id in vault.personas_of(request.user):
        if constant_time_compare(_handle(request, persona_id), handle):
            thread = Thread.objects.of_personas([persona_id]).for_list().first()
            if thread:
                persona = Persona.objects.get(pk=persona_id)
                return Mine(thread, persona, _persona_url(request, persona), account=request.user)
    raise Http404


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_thread(request: MemberRequest, public_id: str) -> HttpResponse:
    return tools(request, _named(request, public_id))


@member_required
@confirmed_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_persona(request: MemberRequest, handle: str) -> HttpResponse:
    return tools(request, _anonymous(request, handle))


@member_required
@require_POST
def withdraw_named(request: MemberRequest, public_id: str) -> HttpResponse:
    withdraw(_named(request, public_id).thread, by=request.user, now=timezone.now())
    return redirect("forum:my-threads")


@member_required
@require_POST
@confirmed_required
def withdraw_anonymous(request: MemberRequest, handle: str) -> HttpResponse:
    mine = _anonymous(request, handle)
    withdraw(mine.thread, by=mine.by, now=timezone.now())
    return redirect("forum:my-anonymous")


def tools(request: HttpRequest, mine: Mine) -> HttpResponse:
    """The author's page of one thread: clarify, update, or change what was returned; or why they can't."""
    deed = request.POST.get("deed", "")
    pressed = request.method == "POST" and not (mine.code and not deed)  # a code alone only opens the page
    bound = request.POST if pressed else None
    if pressed and deed in editing.DEEDS:
        return _about_edit(request, mine, deed)
    if pressed and deed not in DEEDS:
        raise Http404
    if deed == "appeal":
        return _appeal(request, mine)
    if deed == "revise" and _sent_again(request, mine):
        return _sent(request, mine)
    returned = _returned(request, mine)
    forms: dict = {}
    if mine.thread.is_open and mine.is_opener:
        forms["clarify_form"] = ReplyForm(bound if deed == "clarify" else None, auto_id="clarify_%s")
    if mine.thread.takes_updates and mine.is_opener:
        forms["update_form"] = UpdateForm(bound if deed == "update" else None, auto_id="update_%s")
    if returned:
        forms["returned"] = returned
        forms["revise_form"] = _revise_form(mine, returned, bound if deed == "revise" else None)
    form = forms.get(f"{deed}_form")
    if pressed and form is None:
        raise IllegalMove("The thread or the text has changed meanwhile, so nothing was sent.")
    if form is None and (silenced := mine.silence):
        forms = {"silenced": silenced}
    status = 200 if form is None else 422
    ready = form is not None and form.is_valid()
    if form is not None and "preview" in request.POST:
        form.preview, status = _preview(deed, form, mine, returned), 200
        if part := preview_part(request, form):
            return part
    elif form is not None and ready:
        try:
            _do(deed, form, mine, returned)
            return _sent(request, mine)
        except Silenced as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    return _page(request, mine, status=status, **forms)


def _sent(request: HttpRequest, mine: Mine) -> HttpResponse:
    """The page that everybody gets; who came by code would lose it there, and is answered on the spot."""
    if not mine.code:
        return redirect("forum:sent")
    _read_again(mine)
    return _page(request, mine, sent=True)


def _read_again(mine: Mine) -> None:
    mine.thread.refresh_from_db(fields=["title", "slug", "asking", "state"])


def _about_edit(request: HttpRequest, mine: Mine, deed: str) -> HttpResponse:
    found = editing.do(request, mine)
    if found.status != 200:
        return _page(request, mine, status=found.status, faulty=found)
    if deed in editing.TO_MODERATORS and found.post.kind != Kind.CONSULTATION:
        return _sent(request, mine)
    if not mine.code:
        return redirect(mine.url)
    _read_again(mine)
    return _page(request, mine)


def _page(
    request: HttpRequest,
    mine: Mine,
    *,
    status: int = 200,
    faulty: Own | None = None,
    refused: AppealForm | None = None,
    **shown,
) -> HttpResponse:
    own = mine.own(silenced="silenced" in shown)
    if faulty:
        own = [faulty if each.post == faulty.post else each for each in own]
    tried = request.POST.get("against") if refused else None
    appeals = [
        (each, refused if str(each.id) == tried else _appeal_form(each))
        for each in intake.decided_about(mine.posts.select_related("thread"))
    ]
    context = {"mine": mine, "thread": mine.thread, "own": own, "appeals": appeals, **shown}
    if mine.thread.awaits_consultation:
        context["uncovered"] = without_moderator(mine.thread)
    return render(request, "forum/my_thread.html", context, status=status)


def _appeal_form(decided, bound=None) -> AppealForm:
    return AppealForm(bound, auto_id=f"appeal-{decided.id}-%s")


def _appeal(request: HttpRequest, mine: Mine) -> HttpResponse:
    """Against the decision that the form names; who is silenced may, too."""
    against = request.POST.get("against")
    for each in intake.decided_about(mine.posts.select_related("thread")):
        if str(each.id) == against:
            form = _appeal_form(each, request.POST)
            if not form.is_valid():
                return _page(request, mine, status=422, refused=form)
            appeal(each, form.cleaned_data["words"], by=mine.by, now=timezone.now())
            return _page(request, mine, sent=True) if mine.code else redirect(f"{mine.url}#appeal-{each.id}")
    raise IllegalMove("The text has changed meanwhile, so nothing was sent.")


def _preview(deed: str, form, mine: Mine, returned: Post | None) -> Preview:
    now = timezone.now()
    if isinstance(form, AskForm):
        draft = replace(form.draft(), id=mine.thread.pk)
        return preview.of_question(draft, by=mine.by, now=now)
    kind = Kind(returned.kind) if deed == "revise" and returned else KINDS[deed]
    return preview.of_reply(mine.thread, kind, form.text(), by=mine.by, now=now)


def _returned(request: HttpRequest, mine: Mine) -> Post | None:
    """The returned text that the form names with its version; on a fresh page, the first."""
    for post in mine.posts.filter(state=State.RETURNED).exclude(edit__state=State.PENDING):
        if request.POST.get("deed") != "revise" or _names(request, post, post.version):
            return post
    return None


def _sent_again(request: HttpRequest, mine: Mine) -> bool:
    """Whether this very form, pressed twice, has sent its text already."""
    waiting = mine.posts.filter(state__in=(State.PENDING, State.HELD))
    return any(_names(request, post, post.version - 1) for post in waiting)


def _names(request: HttpRequest, post: Post, version: int) -> bool:
    return (request.POST.get("post"), request.POST.get("version")) == (str(post.pk), str(version))


def _revise_form(mine: Mine, returned: Post, bound):
    thread = mine.thread
    if returned.kind == Kind.QUESTION:
        chosen = {
            facet: [tag.slug for tag in thread.tags_of(facet)]
            for facet in ("discipline", "jurisdiction", "topic")
        }
        texts = {"title": thread.title, "asking": thread.asking, "urgency": thread.urgency}
        return AskForm(bound, initial={**texts, **chosen, "body": returned.body})
    form_class = UpdateForm if returned.kind == Kind.UPDATE else ReplyForm
    return form_class(bound, initial={"body": returned.body, "outcomes": returned.outcomes})


def _do(deed: str, form, mine: Mine, returned: Post | None) -> None:
    now = timezone.now()
    if mine.account and deed == "revise":
        require_unpaused(mine.account, now=now)
    elif mine.account:
        take_persona_slot(mine.account, mine.thread, form.text(), now=now)
    if deed == "clarify":
        clarify(mine.thread, form.text(), by=mine.by, now=now)
    elif deed == "update":
        post_update(mine.thread, form.text(), by=mine.by, now=now)
    elif returned and isinstance(form, AskForm):
        resubmit_question(returned, form.draft(), by=mine.by, now=now)
    elif returned:
        resubmit(returned, form.text(), by=mine.by, now=now)
