"""Who gets what answer at the addresses of break-glass: tests/security/test_role_matrix.py has the others."""

import re

import pytest
from django.urls import get_resolver

from tests.security.test_role_matrix import CAST, addresses, as_pattern

# address: reader, member, author, verified, moderator, administrator
GET = {
    "/moderation/unmask/": "302> 404 404 404 200 404",
    "/moderation/unmask/ask/": "302> 404 404 404 302 404",  # to confirm who it is
    "/moderation/unmask/{id}/": "302> 404 404 404 200 404",
    "/moderation/unmask/{id}/approve/": "302> 404 404 404 405 404",
    "/moderation/unmask/{id}/refuse/": "302> 404 404 404 405 404",
    "/moderation/unmask/{id}/wait/": "302> 404 404 404 405 404",
    "/moderation/unmask/{id}/tell/": "302> 404 404 404 405 404",
    "/moderation/unmask/{id}/open/": "302> 404 404 404 404 404",  # a moderator who is none of the two
    "/moderation/unmask/{id}/key/": "302> 404 404 404 405 404",
    "/moderation/unmask/{id}/name/": "302> 404 404 404 405 404",
}


@pytest.mark.parametrize("who", CAST)
def test_who_gets_what_at_every_address(client, request, asked, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    answers = {address: answered(client.get(address.format(id=asked.pk))) for address in GET}
    assert answers == {address: row.split()[CAST.index(who)] for address, row in GET.items()}


def answered(response) -> str:
    to_sign_in = response.headers.get("Location", "").startswith("/accounts/login/")
    return "302>" if to_sign_in else str(response.status_code)


def test_every_address_of_it_is_in_the_table():
    ours = {each for each in addresses(get_resolver().url_patterns) if each.startswith("/moderation/unmask/")}
    assert len(ours) == len(GET)
    assert all(any(re.fullmatch(as_pattern(each), known) for known in GET) for each in ours)
