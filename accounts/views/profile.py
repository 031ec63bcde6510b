"""The account's own professional profile."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import MemberRequest, member_required
from accounts.actions.employers import declare_employers
from accounts.forms import ProfileForm


@member_required
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        declare_employers(form.cleaned_data["employers"], by=request.user, now=timezone.now())
        return redirect(f"{request.path}?saved")
    status = 422 if form.is_bound else 200
    context = {"form": form, "saved": "saved" in request.GET}
    return render(request, "accounts/profile.html", context, status=status)
