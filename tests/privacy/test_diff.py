"""T-DIFF: whoever holds dumps of both databases from before and after a deed learns nothing of its author."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model, Q
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from anonymity import vault
from anonymity.models import Block, KeyCheck, Link, Rate
from config.sessions import SessionStore
from forum.actions.follow import follow
from forum.actions.leave import leave
from forum.actions.renew import renew_key_when_due
from forum.models import Persona, Post
from forum.notices import fanout
from tests import make, typed
from tests.pages import masked
from tests.privacy.test_xmin import PERSONAS

pytestmark = pytest.mark.django_db(transaction=True)

VAULT = (Link, Block, Rate, KeyCheck)
SHARED = ["/", "/feeds/threads.atom", "/tags/jurisdiction/us/", "/search/?q=gym", "/?sort=active"]
Row = dict[str, Any]
Rows = dict[tuple[type[Model], Any], Row]


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def rows_of(model: type[Model], *which: Q) -> Rows:
    found = model._base_manager.filter(*which).values()
    return {
        (model, plain(row[model._meta.pk.attname])): {name: plain(value) for name, value in row.items()}
        for row in found
    }


def of_accounts() -> Rows:
    """Every row that holds an account: accounts themselves, whatever points at one, and sessions."""
    rows = rows_of(Account) | rows_of(Session)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model is Account:
                rows |= rows_of(model, ~Q(**{field.name: None}))
    return rows


def of_personas() -> Rows:
    rows: Rows = {}
    for model, which in PERSONAS.items():
        rows |= rows_of(model, which)
    return rows


def changed(before: Rows, after: Rows) -> Rows:
    """The rows that are new, gone or other; as they were, or are if they are new."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) or after[key] for key in keys}


def accounts_in(rows: Rows) -> set[int]:
    """Whose the rows are."""
    found = set()
    for (model, pk), row in rows.items():
        if model is Session:
            found.add(int(SessionStore().decode(row["session_data"])["_auth_user_id"]))
        fields = model._meta.concrete_fields
        found |= {row[field.attname] for field in fields if field.related_model is Account}
        found |= {pk} if model is Account else set()
    return found - {None}


def shape(before: Rows, after: Rows) -> Counter:
    """What changed, without saying in which rows: table, what happened, and in which columns."""
    found: Counter = Counter()
    for key in changed(before, after):
        old, new = before.get(key), after.get(key)
        columns = sorted(name for name in old if old[name] != new[name]) if old and new else []
        happened = "changed" if columns else "gone" if old else "new"
        found[key[0].__name__, happened, *columns] += 1
    return found


@pytest.fixture
def members(tags, mo) -> list[Account]:
    """Two who did the same under their names."""
    profile = {"is_verified": True, "disciplines": ["psychologist"], "jurisdictions": ["us-or"]}
    made = [make.account(name, **profile) for name in ("Xanthe", "Yorick")]
    for account in made:
        follow(tags["us"], by=account)
    for account in made:
        make.post(make.thread("published", author=account, by=mo), author=mo)
        make.thread(author=account)
    fanout.tell_all()
    return made


def signed_in(account: Account) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
    make.confirmed(client)
    return client


def tools_of(client: Client) -> str:
    return re.search(r"/my/anonymous/[0-9a-f]{32}/", client.get("/my/anonymous/").content.decode())[0]


def test_no_anonymous_deed_changes_a_row_of_an_account(members, mo):
    author, _ = members
    client = signed_in(author)
    now = timezone.now()

    def asks() -> None:
        assert client.post("/ask/", typed.question()).status_code == 303

    def writes_anew() -> None:
        form = typed.anew(Post.objects.get(persona__isnull=False))
        assert client.post(tools_of(client), form).status_code == 303

    def is_paused() -> None:
        vault.suspend(Persona.objects.get().pk, (now + timedelta(days=7)).date(), now)

    def withdraws() -> None:
        assert client.post(f"{tools_of(client)}withdraw/").status_code == 303

    for deed in (asks, writes_anew, is_paused, withdraws):
        before, own = of_accounts(), of_personas() | rows_of(Block)
        deed()
        assert changed(own, of_personas() | rows_of(Block)), deed
        # A note goes with the text that it was about; its row is the moderator's.
        assert accounts_in(changed(before, of_accounts())) <= {mo.pk}, deed
        if deed is asks:
            make.decide_on(Post.objects.get(persona__isnull=False), "returned", by=mo)


# What a night changes, in whichever tables and columns, when a member leaves who wrote under a name too.
A_NIGHT = {
    ("Account", "changed", "anon_ref", "email", "is_active", "password", "verified_until"): 1,
    ("Account_disciplines", "gone"): 1,
    ("Account_jurisdictions", "gone"): 1,
    ("EmailAddress", "gone"): 1,
    ("Verification", "gone"): 1,
    ("Session", "gone"): 1,
    ("Follow", "gone"): 1,
    ("Notice", "gone"): 6,
    ("Thread", "changed", "excerpt", "slug", "state", "title"): 1,  # which nobody had read
    ("Post", "changed", "body", "html", "state"): 1,
    ("Link", "changed", "kid", "list_tag", "seal", "thread_tag"): 3,
    ("Block", "gone"): 1,
    ("Block", "new"): 1,
    ("Rate", "gone"): 3,
    ("Rate", "new"): 3,
    ("KeyCheck", "gone"): 1,
    ("KeyCheck", "new"): 1,
}


@pytest.mark.parametrize("who", ["an author of anonymous threads", "a member who wrote nothing so"])
def test_nothing_of_a_night_tells_whether_who_left_had_written_anonymously(members, mo, who):
    """The author had been paused, and wrote anonymously on that very day."""
    (author, other), reader = members, signed_in(make.account("Zelda"))
    now = timezone.now()
    asked = make.thread("published", author=author, anonymous=True, by=mo, now=now)
    make.post(asked, author=mo, now=now)
    make.thread(author=author, anonymous=True, now=now)
    make.thread("published", author=make.account("Wanda"), anonymous=True, by=mo, now=now)
    vault.suspend(asked.personas.get().pk, (now + timedelta(days=7)).date(), now)
    fanout.tell_all()
    account = author if who.startswith("an author") else other
    signed_in(account)
    pages = [*SHARED, asked.get_absolute_url()]
    seen = [masked(reader.get(page)) for page in pages]
    own, of_all, in_vault = of_personas(), of_accounts(), sealed()

    leave(account, keep_name=True, now=now)
    assert sealed() == in_vault
    renew_key_when_due(now=now)

    assert [masked(reader.get(page)) for page in pages] == seen
    assert not changed(own, of_personas())
    assert accounts_in(changed(of_all, of_accounts())) == {account.pk}
    assert_all_anew(in_vault, sealed())
    assert shape(of_all, of_accounts()) + shape(in_vault, sealed()) == A_NIGHT
    assert vault.personas_of(account) == []
    assert vault.verify().sound


def sealed() -> Rows:
    return {key: row for model in VAULT for key, row in rows_of(model).items()}


def assert_all_anew(before: Rows, after: Rows) -> None:
    """No opaque value is what one was before; there are as many of each table."""
    personas = {bytes(link.persona) for link in Link.objects.all()}
    values = [
        {value for row in rows.values() for value in row.values() if isinstance(value, bytes)} - personas
        for rows in (before, after)
    ]
    assert values[0]
    same = values[0] & values[1]
    assert not [(key[0].__name__, row) for key, row in before.items() if same & set(row.values())]
    assert Counter(model for model, _ in before) == Counter(model for model, _ in after)
