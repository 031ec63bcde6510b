"""Jobs of the worker that failed for good: run again, or dismissed."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, administrator_required
from moderation.actions.jobs import dismiss_failure, run_again


@administrator_required
@require_POST
def run_job(request: MemberRequest, failure_id: uuid.UUID) -> HttpResponse:
    run_again(failure_id, by=request.user, now=timezone.now())
    return redirect(f"{reverse('moderation:insight')}#worker")


@administrator_required
@require_POST
def dismiss_job(request: MemberRequest, failure_id: uuid.UUID) -> HttpResponse:
    dismiss_failure(failure_id, by=request.user, now=timezone.now())
    return redirect(f"{reverse('moderation:insight')}#worker")
