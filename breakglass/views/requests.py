"""The moderators' pages of break-glass: all requests, asking, deciding, and opening, each for themselves."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, moderator_required
from breakglass.actions.ask import ask_to_unmask
from breakglass.actions.decide import agree_to_wait, approve, refuse, tell_now
from breakglass.actions.open import show_name, turn_key
from breakglass.confirmed import confirmed
from breakglass.forms import AskForm
from breakglass.models import Half, UnmaskRequest
from breakglass.rules import may_agree_to_wait, may_decide

SHOWN = 100


@moderator_required
@require_safe
def all_requests(request: MemberRequest) -> HttpResponse:
    found = UnmaskRequest.objects.visible_to(request.user).for_list()[:SHOWN]
    return render(request, "breakglass/requests.html", {"requests": found})


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def ask(request: MemberRequest) -> HttpResponse:
    bound = request.POST if request.method == "POST" else None
    form = AskForm(bound, viewer=request.user, initial={"text": request.GET.get("text", "")})
    if not form.is_valid():
        return render(request, "breakglass/ask.html", {"form": form}, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    asked = ask_to_unmask(
        data["text"].persona,
        ground=data["ground"],
        reason=data["reason"],
        waits_days=data["waits_days"],
        by=request.user,
        now=timezone.now(),
    )
    return redirect(asked)


def _request(request: MemberRequest, request_id: uuid.UUID) -> UnmaskRequest:
    return get_object_or_404(UnmaskRequest.objects.visible_to(request.user).for_list(), pk=request_id)


@moderator_required
@require_safe
def one_request(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    asked, now = _request(request, request_id), timezone.now()
    this_one = UnmaskRequest.objects.filter(pk=asked.pk)
    context = {
        "asked": asked,
        "undecided": this_one.decidable(now).exists(),
        "may_decide": may_decide(request.user, asked, now),
        "wishes_to_wait": this_one.wishing_to_wait(now).exists(),
        "may_agree": may_agree_to_wait(request.user, asked),
        "is_one_of_two": asked.is_one_of_two(request.user),
    }
    return render(request, "breakglass/request.html", context)


@moderator_required
@require_POST
@confirmed
def approve_request(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    return _done(request, request_id, approve)


@moderator_required
@require_POST
@confirmed
def refuse_request(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    return _done(request, request_id, refuse)


@moderator_required
@require_POST
@confirmed
def agree_to_wait_with_notice(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    return _done(request, request_id, agree_to_wait)


@moderator_required
@require_POST
@confirmed
def tell_author_now(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    return _done(request, request_id, tell_now)


def _done(request: MemberRequest, request_id: uuid.UUID, deed) -> HttpResponse:
    asked = _request(request, request_id)
    deed(asked, by=request.user, now=timezone.now())
    return redirect(asked)


def _own(request: MemberRequest, request_id: uuid.UUID) -> UnmaskRequest:
    """The request, for the two whose it is; for any colleague this address is unknown."""
    asked = _request(request, request_id)
    if not asked.is_one_of_two(request.user):
        raise Http404
    return asked


@moderator_required
@require_safe
def opening(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """One person's page: their own key, and whether the other one is turned. The name is never on it."""
    asked = _own(request, request_id)
    own, other = (getattr(asked, half) for half in asked.halves(request.user))
    context = {
        "asked": asked,
        "colleague": asked.second if request.user.pk == asked.requester_id else asked.requester,
        "openable": UnmaskRequest.objects.filter(pk=asked.pk).openable(timezone.now()).exists(),
        "own": own,
        "both": own == Half.TURNED and other in (Half.TURNED, Half.SHOWN),
    }
    return render(request, "breakglass/open.html", context)


@moderator_required
@require_POST
@confirmed
def turn(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    asked = _own(request, request_id)
    turn_key(asked, by=request.user, now=timezone.now())
    return redirect("breakglass:open", asked.pk)


@sensitive_variables()
@moderator_required
@require_POST
@confirmed
def name(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """The name, in this one answer and nowhere else."""
    asked = _own(request, request_id)
    shown = show_name(asked, by=request.user, now=timezone.now())
    return render(request, "breakglass/name.html", {"asked": asked, "shown": shown})
