"""What every answer carries, and what no request may do without the secret of its form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from forum.models import Event, Follow, Notice, Post, Thread
from forum.notices import fanout
from moderation.models import AuditEvent, Decision, QueueItem
from tests import make, typed

pytestmark = pytest.mark.embedded

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ADDRESSES = [
    "/",
    "/ask/",
    "/search/?q=gym",
    "/tags/",
    "/feeds/threads.atom",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/inbox/",
    "/inbox/since/0/",
    "/my/anonymous/",
    "/moderation/queue/",
    "/healthz",
    "/readyz",
    "/no/such/page/",
    "/threads/23456789abcd/",
]


@pytest.mark.parametrize("who", [None, "carol", "mia"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(client, request, db, address, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.get(address)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in response.headers["Permissions-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert {name: directives.get(name) for name in POLICY} == POLICY
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers or address.endswith(".atom")
    assert "Access-Control-Allow-Origin" not in response.headers
    if who:
        assert response.headers["Cache-Control"] == "private, no-store"


def posting_addresses() -> list[str]:
    """Every address of the site that takes forms, with something in each of its gaps."""
    return [address for address in addresses(get_resolver().url_patterns) if "<" not in address] + [
        "/threads/{thread}/act/consult/",
        "/threads/{thread}/act/perspective/",
        "/threads/{thread}/act/follow/",
        "/tags/jurisdiction/us/follow/",
        "/my/threads/{thread}/",
        "/my/threads/{thread}/withdraw/",
        "/my/anonymous/0123456789abcdef0123456789abcdef/",
        "/my/anonymous/0123456789abcdef0123456789abcdef/withdraw/",
        "/moderation/items/{item}/claim/",
        "/moderation/items/{item}/release/",
        "/moderation/items/{item}/hand-over/",
        "/moderation/items/{item}/publish/",
        "/moderation/items/{item}/return/",
        "/moderation/items/{item}/decline/",
    ]


def addresses(patterns, prefix: str = ""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield "/" + (prefix + str(pattern.pattern)).replace("^", "").replace("$", "").replace("\\Z", "")


def rows() -> list[int]:
    return [
        model.objects.count()
        for model in (Thread, Post, Event, Notice, Follow, QueueItem, Decision, AuditEvent)
    ]


def test_no_address_takes_a_form_without_its_secret(published_thread, pending_anonymous_thread, mia):
    places = {
        "thread": published_thread.public_id,
        "item": str(make.item(pending_anonymous_thread).pk),
    }
    before = rows()
    for who in (None, mia):
        browser = Client(enforce_csrf_checks=True)
        if who:
            browser.force_login(who)
        for address in posting_addresses():
            response = browser.post(address.format(**places), {"body": "Words.", "version": 1})
            assert response.status_code == 403, address
            assert b"<main" in response.content, address
    assert rows() == before


@pytest.mark.parametrize("who", [None, "alice", "mia"])
def test_looking_changes_nothing(client, request, published_thread, pending_anonymous_thread, who):
    fanout.tell_all()
    if who:
        client.force_login(request.getfixturevalue(who))
    before = rows()
    places = {"thread": published_thread.public_id, "item": str(make.item(pending_anonymous_thread).pk)}
    for address in [*posting_addresses(), published_thread.get_absolute_url(), "/moderation/items/{item}/"]:
        assert client.get(address.format(**places)).status_code < 500, address
    assert rows() == before


def test_files_are_dropped_and_the_fields_beside_them_are_read(client, carol, tags):
    client.force_login(carol)
    file = SimpleUploadedFile("case.pdf", b"%PDF-1.7 canary", content_type="application/pdf")
    assert client.post("/ask/", typed.question(attachment=file, body_file=file)).status_code == 303
    assert "canary" not in Post.objects.get().body


def test_signing_out_takes_a_form(client, carol):
    client.force_login(carol)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/my/threads/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/my/threads/").status_code == 302


@pytest.mark.parametrize(
    "page", ["/", "/tags/jurisdiction/us/", "/search/", "/inbox/", "/feeds/threads.atom"]
)
@pytest.mark.parametrize(
    "query",
    [
        "discipline=%00",
        "jurisdiction=us%00&topic=gifts",
        "q=%00",
        "q=%F0%9F%92%A9%00&after=%00",
        "after=1-2&sort=%00&aspect=%00&outcome=x",
        "discipline=" + "a" * 2000,
        "&".join(f"jurisdiction=x{number}" for number in range(200)),
        "before=%00&from=%00",
        "after=999999-ffffffffffffffffffffffffffffffff",
    ],
)
def test_no_parameter_makes_a_fault(client, carol, tags, page, query):
    client.force_login(carol)
    assert client.get(f"{page}?{query}").status_code < 500


def test_a_body_that_is_too_large_is_refused(client, carol, tags):
    client.force_login(carol)
    assert client.post("/ask/", typed.question(body="x" * 300_000)).status_code == 400


def test_hosts_that_are_not_ours_are_refused(client, db):
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400
