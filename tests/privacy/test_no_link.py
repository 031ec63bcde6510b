"""A thread without a link: the stores and reports hold neither its code nor a way back to whoever asked."""

import base64
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connections
from django.test import Client
from django.views.debug import ExceptionReporter

from anonymity import vault
from anonymity.models import Link
from forum import return_code
from forum.models import Notice, Persona, Post, Thread
from forum.notices import fanout
from forum.silence import PausedHere
from moderation.actions.silence import lift_pause, pause_author
from tests import make, typed
from tests.pages import masked


def spellings(code: str) -> set[bytes]:
    raw = base64.b32decode(f"{code}======")
    texts = {code, code.lower(), " ".join(return_code.groups(code)), "-".join(return_code.groups(code))}
    texts |= {raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode()[:20]}
    return {raw, raw[::-1], *(text.encode() for text in texts)}


def stored() -> bytes:
    """Every value of every row of both databases, and every file of theirs and beside them."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        alias = "vault" if model._meta.app_label == "anonymity" else "default"
        for row in model._base_manager.using(alias).values_list():
            found += [
                bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                for value in row
            ]
    return b"\n".join([*found, *files()])


def files() -> Iterator[bytes]:
    places = [Path(settings.DATA_DIR).rglob("*")]
    for connection in connections.all():
        if connection.vendor == "sqlite":
            file = Path(str(connection.settings_dict["NAME"]))
            places.append(file.parent.glob(f"{file.name}*"))
    for place in places:
        for file in place:
            with suppress(OSError):  # of another worker, which takes it away meanwhile
                if file.is_file():
                    yield file.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_the_databases_and_files_hold_its_hash_alone(tags, carol, mo, client, caplog):
    client.force_login(carol)
    form = typed.without_link(client.get("/ask/").content.decode())
    client.post("/ask/", form)
    make.decide_on(Post.objects.get(), "published", by=mo)
    answers = [
        client.post("/return/", {"code": form["code"]}),
        client.post("/return/", typed.reply(code=form["code"], deed="update", outcomes=["repaired"])),
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Post.objects.count() == 2
    held = stored()
    assert return_code.digest(form["code"]) in held
    for spelling in spellings(form["code"]):
        assert spelling not in held
        assert spelling not in caplog.text.encode()
    for answer in answers:
        assert form["code"] not in str(answer.headers)
        assert form["code"] not in answer.cookies.output()


@pytest.mark.django_db(transaction=True)
def test_the_scan_would_find_a_code_that_somebody_keeps(carol, tags):
    code = return_code.new()
    make.thread(author=carol, code=code)
    Thread.objects.update(asking=" ".join(return_code.groups(code)))
    held = stored()
    assert any(spelling in held for spelling in spellings(code))


@pytest.mark.parametrize("address", ["/ask/", "/return/", "/return/withdraw/"])
def test_no_error_report_holds_it(carols, carol, mo, monkeypatch, settings, address):
    """Whatever breaks on the way: fields and variables of the report are clean."""
    code = return_code.new()
    if address == "/ask/":
        form = typed.question(identity="no-link", code=code)
    else:
        make.thread("published", author=carol, code=code, by=mo)
        form = typed.reply(code=code, deed="clarify")
    settings.DEBUG = False
    carols.raise_request_exception = False
    reports = []

    def report(sender, request=None, **kwargs):
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(report)
    try:
        monkeypatch.setattr("moderation.audit.record", lambda *args, **kwargs: 1 / 0)
        assert carols.post(address, form).status_code == 500
    finally:
        got_request_exception.disconnect(report)
    (text,) = reports
    assert "ZeroDivisionError" in text
    assert "record" in text
    assert code not in text


# What others see and what the worker does


@pytest.mark.parametrize("state", ["published", "returned", "declined"])
def test_nobody_is_told_of_what_nobody_could_read(carol, mo, mia, state):
    thread = make.thread(state, author=carol, code=return_code.new(), by=mo)
    if state == "published":
        make.post(thread, author=mia)
        make.post(thread, "update", by=mo)
    fanout.tell_all()
    assert not Notice.objects.filter(persona__isnull=False).exists()
    assert not Notice.objects.filter(account=carol).exists()


@pytest.mark.parametrize("who", [None, "dave", "carol", "mo", "admin"])
def test_its_page_is_that_of_any_anonymous_thread(request, client, carol, mo, mia, who):
    """T-SAME, and nobody sees from outside that a thread has no link."""
    numbers: dict[str, list[str]] = {}
    pages = []
    for name, how in (("one", {"anonymous": True}), ("two", {"code": return_code.new()})):
        thread = make.thread("published", author=carol, by=mo, **how)
        make.post(thread, author=mia)
        make.post(thread, "update", by=mo)
        numbers[name] = [
            thread.public_id,
            *(str(pk) for pk in thread.posts.in_order().values_list("pk", flat=True)),
        ]
    if who:
        client.force_login(request.getfixturevalue(who))
    for name in ("one", "two"):
        address = Thread.objects.get(public_id=numbers[name][0]).get_absolute_url()
        response = client.get(address)
        page = masked(response)
        for place, number in enumerate(numbers[name]):
            page = page.replace(number.encode(), b"(%d)" % place)
        headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
        pages.append((response.status_code, headers, page))
    assert pages[0] == pages[1]


def test_rotation_and_verification_are_content_with_it(carol, dave, mo):
    code = return_code.new()
    make.thread("published", author=carol, code=code, by=mo)
    make.thread("published", author=dave, anonymous=True, by=mo)
    for command in ("anon_verify", "anon_rotate", "anon_verify", "anon_rotate", "anon_verify"):
        call_command(command, stdout=StringIO())
    assert Link.objects.count() == 1
    assert bytes(Persona.objects.get(return_hash__isnull=False).return_hash) == return_code.digest(code)
    assert make.TITLE in Client().post("/return/", {"code": code}).content.decode()


def test_a_pause_reaches_this_thread_and_no_other(carol, mo, now):
    paused, other = (
        make.thread("published", author=carol, code=return_code.new(), by=mo, now=now) for _ in "ab"
    )
    persona = make.opener(paused)
    pause_author(persona, days=7, by=mo, now=now)
    with pytest.raises(PausedHere, match="through 11 March 2026"):
        make.post(paused, "clarification", now=now)
    make.post(other, "clarification", by=mo, now=now)
    make.thread(author=carol, anonymous=True, now=now)
    lift_pause(persona, by=mo, now=now)
    make.post(paused, "clarification", by=mo, now=now)


def test_a_linked_personas_pause_stays_the_vaults_alone(carol, mo, now):
    """Lifted through another thread, it is lifted here too."""
    threads = [make.thread("published", author=carol, anonymous=True, by=mo, now=now) for _ in "ab"]
    one, other = (make.opener(thread) for thread in threads)
    pause_author(one, days=7, by=mo, now=now)
    lift_pause(other, by=mo, now=now)
    make.post(threads[0], "clarification", by=mo, now=now)


def test_the_deed_opens_no_seal_and_names_no_account(carol, tags):
    before = vault.openings()
    make.thread(author=carol, code=return_code.new())
    assert vault.openings() == before
