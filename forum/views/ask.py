"""Asking: the form, the preview, and the page that says what happens next."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Refused, member_required
from anonymity.vault import VaultUnavailable
from forum import search
from forum.actions.ask import ask, ask_as_persona
from forum.forms import AskForm, IdentityForm
from forum.models import Thread
from forum.text.markdown import render as render_markdown


@member_required
def ask_page(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        initial = {facet: request.GET.getlist(facet) for facet in ("discipline", "jurisdiction", "topic")}
        if not any(initial.values()):
            initial |= {
                "discipline": [tag.slug for tag in request.user.disciplines.all()[:1]],
                "jurisdiction": [tag.slug for tag in request.user.jurisdictions.all()[:1]],
            }
        return _page(request, AskForm(initial=initial), IdentityForm())
    form, identity = AskForm(request.POST), IdentityForm(request.POST)
    if not (form.is_valid() & identity.is_valid()):
        return _page(request, form, identity, status=422)
    try:
        if identity.is_anonymous:
            ask_as_persona(form.draft(), account=request.user, now=timezone.now())
        else:
            ask(form.draft(), by=request.user, now=timezone.now())
    except (Refused, VaultUnavailable) as refusal:
        form.add_error(None, str(refusal))
        form.renew()
        return _page(request, form, identity, status=refusal.status)
    return redirect("forum:sent")


def _page(
    request: MemberRequest, form: AskForm, identity: IdentityForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "forum/ask.html", {"form": form, "identity_form": identity}, status=status)


@member_required
@require_safe
def sent(request: MemberRequest) -> HttpResponse:
    """The same words for everybody and every kind of text: nothing of it is in the address (leak 44)."""
    return render(request, "forum/sent.html")


@member_required
@require_POST
def preview(request: MemberRequest) -> HttpResponse:
    """What readers will see, from the one renderer. Nothing is kept."""
    html = render_markdown(request.POST.get("body", "")[:8000])
    return render(request, "forum/_preview.html", {"html": html})


@member_required
@require_POST
def similar(request: MemberRequest) -> HttpResponse:
    """Threads that may answer the question already, from the words of its title. Nothing is kept."""
    title = request.POST.get("title", "")[:150]
    threads = Thread.objects.listed()
    results = search.find(title, threads, size=4, any_term=True) if len(title) > 8 else None
    return render(request, "forum/_similar.html", {"results": results})
