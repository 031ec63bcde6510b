"""Asking: the form, the preview, and the page that says what happens next."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Refused, member_required
from anonymity.vault import VaultUnavailable
from forum import preview, return_code, search
from forum.actions.ask import ask, ask_as_persona, ask_without_link
from forum.coverage import disciplines_of_moderators
from forum.forms import AskForm, AskIdentityForm
from forum.models import Thread
from forum.silence import pause_of
from forum.views.previewed import preview_part


@sensitive_post_parameters("code")
@member_required
def ask_page(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        initial = {facet: request.GET.getlist(facet) for facet in ("discipline", "jurisdiction", "topic")}
        if not any(initial.values()):
            initial |= {
                "discipline": [tag.slug for tag in request.user.disciplines.all()[:1]],
                "jurisdiction": [tag.slug for tag in request.user.jurisdictions.all()[:1]],
            }
        return _page(request, AskForm(initial=initial), AskIdentityForm())
    form, identity = AskForm(request.POST), AskIdentityForm(request.POST)
    ready = form.is_valid() & identity.is_valid()
    if "preview" in request.POST:
        by = preview.new_asker() if identity.is_anonymous else request.user
        form.preview = preview.of_question(form.draft(), by=by, now=timezone.now())
        return preview_part(request, form) or _page(request, form, identity)
    if not ready:
        return _page(request, form, identity, status=422)
    try:
        if identity.leaves_no_link:
            return _ask_without_link(request, form, identity)
        if identity.is_anonymous:
            ask_as_persona(form.draft(), account=request.user, now=timezone.now())
        else:
            ask(form.draft(), by=request.user, now=timezone.now())
    except (Refused, VaultUnavailable) as refusal:
        form.add_error(None, str(refusal))
        form.renew()
        identity.renew()
        return _page(request, form, identity, status=refusal.status)
    return redirect("forum:sent")


@sensitive_variables("code")
def _ask_without_link(request: MemberRequest, form: AskForm, identity: AskIdentityForm) -> HttpResponse:
    """The answer itself shows the code, since no address and no session may hold it."""
    code = identity.cleaned_data["code"]
    hashed = return_code.digest(code)
    ask_without_link(form.draft(), return_hash=hashed, account=request.user, now=timezone.now())
    context = {"groups": return_code.groups(code), "covered": disciplines_of_moderators()}
    return render(request, "forum/return_code.html", context)


def _page(
    request: MemberRequest, form: AskForm, identity: AskIdentityForm, *, status: int = 200
) -> HttpResponse:
    paused = pause_of(request.user, now=timezone.now())
    context = {"form": form, "identity_form": identity, "paused": paused}
    return render(request, "forum/ask.html", context, status=status)


@member_required
@require_safe
def sent(request: MemberRequest) -> HttpResponse:
    """The same words for everybody and every kind of text: nothing of it is in the address (leak 44)."""
    return render(request, "forum/sent.html", {"covered": disciplines_of_moderators()})


@member_required
@require_POST
def similar(request: MemberRequest) -> HttpResponse:
    """Threads that may answer the question already, from the words of its title. Nothing is kept."""
    title = request.POST.get("title", "")[:150]
    threads = Thread.objects.listed()
    results = search.find(title, threads, size=4, any_term=True) if len(title) > 8 else None
    return render(request, "forum/_similar.html", {"results": results})
