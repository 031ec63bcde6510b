"""Addresses of the account's own pages; signing in and up is allauth's."""

from django.urls import path
from django.views.generic import RedirectView

from accounts.views import verification
from accounts.views.profile import profile

app_name = "accounts"
urlpatterns = [
    path("my/settings/", RedirectView.as_view(pattern_name="accounts:profile")),
    path("my/settings/profile/", profile, name="profile"),
    path("my/settings/verification/", verification.verification, name="verification"),
    path(
        "my/settings/verification/<uuid:verification_id>/take-back/",
        verification.take_back_verification,
        name="take-back-verification",
    ),
]
