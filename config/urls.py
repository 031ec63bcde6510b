"""Every address of the site; product.md's are stable."""

from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("forum.urls")),
    path("", include("accounts.urls")),
    path("moderation/", include("moderation.urls")),
    path("accounts/", include("allauth.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
