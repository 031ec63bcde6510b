"""T-REMNANT: of who left, and of redacted words, no file of a database holds a trace after the night."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from forum import search
from forum.actions.follow import follow
from forum.actions.leave import leave
from forum.actions.renew import renew_key_when_due
from forum.notices import fanout
from moderation.actions.redact import ask_to_redact, redact
from tests import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.embedded,  # PostgreSQL's files are its server's
]
PEOPLE, STEP = 16, 4


def files() -> Iterator[Path]:
    """Both databases, each with its write-ahead log or journal."""
    for alias in connections:
        file = Path(str(connections[alias].settings_dict["NAME"]))
        yield from file.parent.glob(f"{file.name}*")


def remnants(traces: dict[str, bytes]) -> set[str]:
    content = b"".join(file.read_bytes() for file in files())
    return {trace for trace, value in traces.items() if value in content}


def traces_of(account: Account) -> dict[str, bytes]:
    ref = bytes(account.anon_ref)
    return {
        f"address of {account.pk}": account.email.encode(),
        f"name of {account.pk}": account.display_name.encode(),
        f"anon_ref of {account.pk}": ref,
        f"anon_ref of {account.pk} in hex": ref.hex().encode(),
        f"anon_ref of {account.pk} in base64": base64.b64encode(ref).rstrip(b"="),
    }


@pytest.fixture
def people(tags, mo) -> list[Account]:
    """Members with names that nothing else holds, signed in, of whom every second has written."""
    made = []
    for number in range(PEOPLE):
        account = make.account(f"Quokka {number:03} Xylander", is_verified=number % 4 == 1)
        client = Client()
        client.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
        follow(tags["us"], by=account)
        if number % 2:
            make.thread("published", author=account, by=mo)
            make.thread("published", author=account, anonymous=True, by=mo)
            make.thread(author=account)
        made.append(account)
    fanout.tell_all()
    return made


def test_no_file_holds_who_left(people):
    going = people[::STEP] + people[1::STEP]
    traces = {name: value for account in going for name, value in traces_of(account).items()}
    assert len(remnants(traces)) == 3 * len(going)  # references stand there raw
    for account in going:
        leave(account, keep_name=False, now=timezone.now())
    renew_key_when_due(now=timezone.now())
    assert remnants(traces) == set()
    assert not Account.objects.leaving().exists()
    staying = traces_of(people[2])
    assert remnants(staying)


def test_no_file_holds_redacted_words(tags, mia, mo, now):
    words = {"as typed": b"Quokka Xylander", "in an address": b"quokka-xylander", "alone": b"xylander"}
    title = "Dinner with Quokka Xylander"
    thread = make.thread("published", by=mo, title=title, body=f"{make.BODY} {title}.", now=now)
    asked = ask_to_redact(thread, "Quokka Xylander", make.REASON, hidden=False, by=mia, now=now)
    assert remnants(words) == set(words)
    redact(asked, by=mo, now=now)
    search.purge()
    assert remnants(words) == set()
    assert remnants({"what stays": b"climbing gym"})
