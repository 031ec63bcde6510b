"""Signing in: allauth's form, after which a moderator's session is the shorter one."""

from allauth.account import forms
from django.http import HttpRequest, HttpResponse

from accounts.adapter import shorten_session


class LoginForm(forms.LoginForm):
    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response = super().login(request, redirect_url)
        shorten_session(request, request.user)  # allauth sets the usual age last of all
        return response
