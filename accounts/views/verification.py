"""Asking to be verified, what was found so far, and taking back what nobody has checked yet."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, Refused, member_required
from accounts.actions.verify import ask_for_verification, take_back
from accounts.forms import VerificationForm


@sensitive_post_parameters("npi")
@member_required
def verification(request: MemberRequest) -> HttpResponse:
    form = VerificationForm(request.user, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask_for_verification(request.user, now=timezone.now(), **form.what())
            except Refused as refusal:
                form.add_error("discipline", str(refusal))
                status = refusal.status
            else:
                return redirect(f"{request.path}?sent")
    own = request.user.verifications.select_related("discipline", "jurisdiction")
    context = {
        "form": form,
        "waiting": own.waiting().order_by("hour", "id"),
        "checks": own.done().latest_first(),
        "sent": "sent" in request.GET,
    }
    return render(request, "accounts/verification.html", context, status=status)


@member_required
@require_POST
def take_back_verification(request: MemberRequest, verification_id: uuid.UUID) -> HttpResponse:
    asked = get_object_or_404(request.user.verifications.waiting(), pk=verification_id)
    take_back(asked, now=timezone.now())
    return redirect("accounts:verification")
