"""Members as the desk sees them: what they say of their work, what a board said of it, roles, and notes.

Nothing here counts, lists or dates what somebody wrote, under a name or not, and the vault is never asked:
the page of a member is the same bytes whether or not they have personas (T-SAME).
"""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.access import (
    MemberRequest,
    administrator_required,
    may_appoint,
    may_moderate,
    members_required,
)
from accounts.actions.appoint import appoint, dismiss
from accounts.forms import PasswordForm
from accounts.models import Account, Verification
from accounts.models.account import today
from forum.paging import Page, cut
from moderation.actions.note import note, remove_note
from moderation.member_forms import FindForm, MemberNoteForm, SanctionForm
from moderation.models import AuditEvent, MemberNote, Sanction
from moderation.rules import kept_apart, may_sanction, may_second

PAGE = 50
SHOWN = 50
RECORDED = {
    "account.appointed-member": "All roles taken away",
    "account.appointed-verified": "Made a verified clinician outside of the desk",
    "account.appointed-moderator": "Appointed moderator",
    "account.appointed-administrator": "Appointed administrator",
    "account.dismissed-moderator": "No longer a moderator",
    "account.verified": "Licence looked up: it counts",
    "account.not-verified": "Licence looked up: it does not count",
    "account.noted": "A note written",
    "account.note-removed": "A note taken back",
    "account.written-to": "Written to",
    "account.warned": "Warned",
    "account.paused": "Paused",
    "account.suspension-asked": "A suspension asked for",
    "account.suspended": "Suspended",
    "account.suspension-refused": "A suspension not agreed to",
    "account.sanction-lifted": "Let write again",
    "appeal.upheld": "Their appeal decided: it stands",
    "appeal.granted": "Their appeal granted",
}


@members_required
@require_safe
def members(request: MemberRequest) -> HttpResponse:
    """By name, a page at a time; the same few queries however many there are."""
    form = FindForm(request.GET)
    found = _found(form.cleaned_data) if form.is_valid() else Account.objects.none()
    context = {
        "form": form,
        "page": _page_of(found, request.GET.get("after", "")),
        "waiting": Verification.objects.to_look_up().count(),
    }
    if may_moderate(request.user):
        here = (
            Sanction.objects.filter(account__is_active=True).select_related("account").order_by("hour", "id")
        )
        context["to_second"] = here.waiting()[:SHOWN]
    return render(request, "moderation/members.html", context)


def _found(asked: dict):
    """Who is here: not who has left, and whose account only keeps a name."""
    found = Account.objects.filter(is_active=True)
    words = " ".join(asked["q"].split())
    if "@" in words:
        found = found.filter(email=words.lower())
    elif words:
        found = found.filter(display_name__icontains=words)
    if asked["role"] == "verified":
        return found.filter(verified_until__gte=today(timezone.now()))
    return found.filter(**{f"is_{asked['role']}": True}) if asked["role"] else found


def _page_of(found, after: str) -> Page:
    """The page after the account of that number, by name. One that is gone starts anew."""
    if after.isdecimal() and len(after) < 19:
        found = found.after(Account.objects.filter(pk=int(after)).first())
    rows = found.in_order().prefetch_related("disciplines", "jurisdictions")
    return cut(rows, PAGE, lambda last: str(last.pk))


@members_required
@require_safe
def member(request: MemberRequest, member_id: int) -> HttpResponse:
    return member_page(request, found_member(member_id))


def found_member(member_id: int) -> Account:
    return get_object_or_404(Account.objects.filter(is_active=True), pk=member_id)


def member_page(request: MemberRequest, found: Account, *, status: int = 200, **forms) -> HttpResponse:
    checks = found.verifications.done().select_related("discipline", "jurisdiction", "checked_by")
    waiting = found.verifications.waiting().select_related("discipline", "jurisdiction")
    events = AuditEvent.objects.about(found).filter(kind__in=RECORDED).select_related("by")
    is_self = found == request.user
    context = {
        "member": found,
        "is_self": is_self,
        "checks": checks.latest_first()[:SHOWN],
        "waiting": waiting.order_by("hour", "id"),
        "notes": [] if is_self else found.notes.select_related("by").order_by("-hour", "id")[:SHOWN],
        "record": [(RECORDED[event.kind], event) for event in events[:SHOWN]],
        "note_form": MemberNoteForm(),
        "sanctions": [] if is_self else _sanctions(request, found),
        "sanction_form": SanctionForm(prefix="sanction"),
        "may_sanction": may_sanction(request.user, found),
        "kept_apart": kept_apart(request.user, found),
        "may_appoint": may_appoint(request.user) and not is_self,
        "password_form": PasswordForm(request.user),
        **forms,
    }
    return render(request, "moderation/member.html", context, status=status)


def _sanctions(request: MemberRequest, found: Account) -> list[dict]:
    """What waits for a second moderator before the rest, and of that the latest first."""
    now = timezone.now()
    rows = found.sanctions.select_related("by", "second", "appeal__item__decision").order_by("-hour", "id")
    return [
        {
            "given": each,
            "in_force": each.in_force_at(now),
            "may_second": may_second(request.user, each),
            "appeal": getattr(each, "appeal", None),
        }
        for each in sorted(rows[:SHOWN], key=lambda row: row.agreed is not None)
    ]


@members_required
@require_POST
def note_member(request: MemberRequest, member_id: int) -> HttpResponse:
    found, form = found_member(member_id), MemberNoteForm(request.POST)
    if not form.is_valid():
        return member_page(request, found, status=422, note_form=form)
    note(found, form.cleaned_data["note"], by=request.user, now=timezone.now())
    return to_member(found, "notes")


@members_required
@require_POST
def remove_member_note(request: MemberRequest, member_id: int, note_id: str) -> HttpResponse:
    found = found_member(member_id)
    written = get_object_or_404(MemberNote.objects.filter(account=found), pk=note_id)
    remove_note(written, by=request.user, now=timezone.now())
    return to_member(found, "notes")


@sensitive_post_parameters("password")
@administrator_required
@require_POST
def appoint_moderator(request: MemberRequest, member_id: int) -> HttpResponse:
    return _with_password(request, member_id, lambda found, **who: appoint(found, "moderator", **who))


@sensitive_post_parameters("password")
@administrator_required
@require_POST
def dismiss_moderator(request: MemberRequest, member_id: int) -> HttpResponse:
    return _with_password(request, member_id, dismiss)


def _with_password(request: MemberRequest, member_id: int, deed) -> HttpResponse:
    """A role reaches far, so a stranger at an open screen must not give one."""
    found, form = found_member(member_id), PasswordForm(request.user, request.POST)
    if not form.is_valid():
        return member_page(request, found, status=422, password_form=form)
    deed(found, by=request.user, now=timezone.now())
    return to_member(found, "record")


def to_member(found: Account, part: str) -> HttpResponse:
    return redirect(f"{reverse('moderation:member', args=[found.pk])}#{part}")
