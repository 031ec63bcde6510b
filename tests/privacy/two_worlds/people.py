"""The people of the script, each with a browser that sends forms as a page of the site holds them."""

import re
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from accounts import confirm
from accounts.models import Account
from tests import make
from tests.privacy.two_worlds.chance import Chance

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CODE = re.compile(r"(?m)^\s*([A-Z0-9][A-Z0-9-]{5,})\s*$")
EVERYBODY = ("alice", "bob", "carol", "dave", "mia", "mo", "admin", "erin")


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, name: str, chance: Chance) -> None:
        self.name, self.chance = name, chance
        self.saw: list[tuple[str, str]] = []  # address and step, answer
        self.email = f"{name}@example.org"
        self.client = Client(enforce_csrf_checks=True)

    @property
    def account(self) -> Account:
        return Account.objects.get(email=self.email)

    def opens(self, address: str, *, status: int = 200) -> str:
        self.chance.next_request()
        response = self._saw("GET", address, self.client.get(address))
        assert response.status_code == status, f"{self.name} GET {address}: {response.status_code}"
        page = response.content.decode()
        if form := TOKEN.search(page):
            self.token = form[1]
        return page

    def sends(
        self, address: str, fields: dict[str, Any] | None = None, *, page: str = "", status: int = 303
    ) -> HttpResponse:
        """Fill in the form of `page` (the address itself unless told) and send it to `address`."""
        form = TOKEN.search(self.opens(page or address))
        assert form, f"{page or address} has no form for {self.name}"
        return self.posts(address, fields, status=status)

    def posts(self, address: str, fields: dict[str, Any] | None = None, *, status: int = 303) -> HttpResponse:
        """Send `fields` to `address` with the secret of the last form that was seen."""
        self.chance.next_request()
        fields = {"csrfmiddlewaretoken": self.token, **(fields or {})}
        response = self._saw("POST", address, self.client.post(address, fields))
        assert response.status_code == status, f"{self.name} POST {address}: {shown(response)}"
        return response

    def _saw(self, method: str, address: str, response: HttpResponse) -> HttpResponse:
        self.saw.append((f"{self.chance.label}: {method} {address} as {self.name}", answer(response)))
        return response

    def joins(self) -> None:
        fields = {"email": self.email, "display_name": self.name.capitalize(), "password1": make.PASSWORD}
        answer = self.sends("/accounts/signup/", {**fields, "website": ""})
        code = CODE.search(str(mail.outbox[-1].body))
        assert code
        self.sends(answer["Location"], {"code": code[1]})

    def signs_in(self) -> None:
        self.sends("/accounts/login/", {"login": self.email, "password": make.PASSWORD})

    def confirms(self) -> None:
        """As /my/anonymous/ asks; also when it would not ask, so that all worlds send the same."""
        self.posts(confirm.PATH, make.confirmation())

    def signs_out(self) -> None:
        self.sends("/accounts/logout/")


def shown(response: HttpResponse) -> str:
    words = re.sub(r"<[^>]+>|\s+", " ", response.content.decode())
    return f"{response.status_code} {words[:1500]}"


def answer(response: HttpResponse) -> str:
    """Status, headers, cookies and body, a line each."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = [f"{name}: {value}" for name, value in sorted(response.headers.items())]
    cookies = [cookie.OutputString() for _, cookie in sorted(response.cookies.items())]
    return "\n".join([str(response.status_code), *headers, *cookies, "", body.decode("utf-8", "replace")])
