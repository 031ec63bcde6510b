"""Every address of the site; product.md's are stable."""

from django.conf import settings
from django.urls import include, path

from config import health
from moderation.views import sanctions, transparency

urlpatterns = [
    path("", include("forum.urls")),
    path("", include("accounts.urls")),
    path("moderation/", include("moderation.urls")),
    path("my/sanctions/", sanctions.my_sanctions, name="my-sanctions"),
    path("my/sanctions/<uuid:sanction_id>/appeal/", sanctions.appeal_own_sanction, name="appeal-sanction"),
    path("transparency/", transparency.transparency, name="transparency"),
    path("accounts/", include("allauth.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
if settings.ANON_BREAK_GLASS:
    urlpatterns.append(path("moderation/unmask/", include("breakglass.urls")))
