"""Addresses of the account's own pages; signing in and up is allauth's."""

from django.urls import path

from accounts.views.profile import profile

app_name = "accounts"
urlpatterns = [path("my/settings/profile/", profile, name="profile")]
