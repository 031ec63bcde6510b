"""Leaving the board: what ends at once, what the night leaves, and that a killed night is made up for."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.test import Client
from django.utils import timezone

from accounts.actions.leave import FORMER_MEMBER, LastAdministrator
from accounts.models import Account
from anonymity import vault
from forum.actions.follow import follow
from forum.actions.leave import leave
from forum.actions.renew import renew_key_when_due
from forum.models import Follow, Notice, Post, Thread
from forum.notices import fanout
from moderation.actions.claim import claim
from moderation.models import AuditEvent, QueueItem
from tests import make

TYPED = {"name": "former", "password": make.PASSWORD, "sure": "on"}


def signed_in(account: Account) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
    assert client.get("/my/threads/").status_code == 200
    return client


def night(now=None) -> None:
    renew_key_when_due(now=now or timezone.now())


@pytest.fixture
def outsider(carol) -> Account:
    """Carol, who follows and is signed in, and has written nothing."""
    follow(make.tags()["us"], by=carol)
    return carol


@pytest.fixture
def author(vera, mo) -> Account:
    """Vera, with a thread that is published, one that waits and one that came back; and with two replies."""
    make.thread("published", author=vera, by=mo, title="The question of Vera")
    make.thread(author=vera)
    make.thread("returned", author=vera, by=mo)
    thread = make.thread("published", author=make.account("Asker"), by=mo, title="The question of another")
    make.post(thread, "perspective", author=vera, by=mo)
    make.post(thread, "perspective", author=vera, state="pending", body=make.REPLY * 2)
    make.post(make.thread("published", author=vera, anonymous=True, by=mo), author=mo)
    follow(make.tags()["us"], by=vera)
    fanout.tell_all()
    return vera


def test_the_page_locks_the_account_and_ends_every_session(outsider):
    here, elsewhere = signed_in(outsider), signed_in(outsider)
    answer = here.post("/my/delete/", TYPED)
    assert (answer.status_code, answer["Location"]) == (303, "/my/delete/done/")
    assert "account is locked" in here.get("/my/delete/done/").content.decode()
    for client in (here, elsewhere):
        assert client.get("/my/threads/").status_code == 302
    Client().post("/accounts/login/", {"login": outsider.email, "password": make.PASSWORD})
    outsider.refresh_from_db()
    assert (outsider.is_active, outsider.has_usable_password()) == (False, False)
    assert outsider.leaving_on == timezone.now().date()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "another long password"}, "not the password of your account"),
        ({"password": ""}, "required"),
        ({"sure": ""}, "tick this if you are sure"),
        ({"name": ""}, "required"),
        ({"name": "somebody else"}, "Select a valid choice"),
    ],
)
def test_without_password_and_confirmation_nothing_happens(outsider, client, change, sentence):
    client.force_login(outsider)
    answer = client.post("/my/delete/", {k: v for k, v in {**TYPED, **change}.items() if v})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert make.PASSWORD not in answer.content.decode()
    assert client.get("/my/threads/").status_code == 200
    assert not Account.objects.leaving().exists()


@pytest.mark.parametrize("address", ["/my/delete/", "/my/export/"])
def test_the_password_can_not_be_guessed_here(outsider, client, address):
    client.force_login(outsider)
    for _ in range(10):
        assert client.post(address, {**TYPED, "password": "guess"}).status_code == 422
    assert client.post(address, TYPED).status_code == 429
    assert client.get("/my/threads/").status_code == 200


@pytest.mark.parametrize("keep_name", [False, True])
def test_what_was_published_stays_and_what_nobody_read_is_withdrawn(author, mo, client, keep_name, now):
    leave(author, keep_name=keep_name, now=now)
    own = Thread.objects.get(title="The question of Vera")
    other = Thread.objects.get(title="The question of another")
    for thread in (own, other):
        page = client.get(thread.get_absolute_url()).content.decode()
        assert ("Vera" in page.replace(thread.title, "")) == keep_name
        assert (FORMER_MEMBER in page) == (not keep_name)
    states = Post.objects.filter(author=author).values_list("state", flat=True)
    assert sorted(states) == ["published", "published", "withdrawn", "withdrawn", "withdrawn"]
    assert not Post.objects.filter(author=author, state="withdrawn").exclude(body="", html="").exists()
    assert not QueueItem.objects.waiting().exists()


def test_what_a_persona_wrote_waits_on(bob, pending_anonymous_thread, now):
    leave(bob, keep_name=False, now=now)
    assert make.item(pending_anonymous_thread)
    assert Thread.objects.get().state == "pending"


def test_claims_go_back_to_the_queue_and_the_record_says_so(mo, mia, pending_item, now):
    claim(pending_item, by=mo, now=now)
    leave(mo, keep_name=False, now=now)
    pending_item.refresh_from_db()
    assert (pending_item.holder, pending_item.held_until) == (None, None)
    claim(pending_item, by=mia, now=now)
    kinds = list(AuditEvent.objects.values_list("kind", flat=True))[-4:]
    assert kinds == ["item.claimed", "item.released", "account.left", "item.claimed"]
    assert AuditEvent.objects.get(kind="account.left").about == str(mo)


def test_the_last_administrator_stays(admin, client, now):
    client.force_login(admin)
    answer = client.post("/my/delete/", TYPED)
    assert answer.status_code == 409
    assert "only administrator" in answer.content.decode()
    assert client.get("/my/threads/").status_code == 200
    left = make.account("Another", is_administrator=True, is_active=False)
    with pytest.raises(LastAdministrator):
        leave(admin, keep_name=False, now=now)
    left.is_active = True
    left.save()
    assert client.post("/my/delete/", TYPED).status_code == 303
    with pytest.raises(LastAdministrator):
        leave(left, keep_name=False, now=now)


def test_nobody_joins_as_a_former_member(client, carol):
    client.force_login(carol)
    answer = client.post("/my/settings/profile/", {"display_name": "a FORMER  member"})
    assert answer.status_code == 422
    assert "choose another name" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_in_the_night_an_account_without_traces_is_gone(outsider, bob):
    signed_in(outsider), signed_in(bob)
    leave(outsider, keep_name=True, now=timezone.now())
    night()
    assert not Account.objects.filter(pk=outsider.pk).exists()
    assert not Follow.objects.exists()
    assert [address.user for address in EmailAddress.objects.all()] == [bob]
    assert Session.objects.count() == 1
    assert make.account("Carol").pk != outsider.pk  # the address is free again


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keep_name", [False, True])
def test_in_the_night_an_author_becomes_a_name_and_nothing_else(author, keep_name):
    personas, ref = vault.personas_of(author), bytes(author.anon_ref)
    assert author.notices.exists()
    signed_in(author)
    leave(author, keep_name=keep_name, now=timezone.now())
    call_command("anon_rotate", verbosity=0)  # by hand it is no other night
    assert vault.personas_of(author) == []
    assert not any(vault.owns(author, persona) for persona in personas)
    left = Account.objects.get(pk=author.pk)
    assert left.display_name == ("Vera" if keep_name else FORMER_MEMBER)
    assert (left.email, left.credential) == (f"left-{left.pk}@account.invalid", "")
    assert bytes(left.anon_ref) != ref
    assert left.leaving_on is None
    assert not any([left.is_active, left.is_verified, left.is_moderator, left.is_administrator])
    for relation in Account._meta.get_fields(include_hidden=True):  # a table that somebody adds too
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is not models.PROTECT:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: left})
            assert not rows.exists(), relation
    assert not Session.objects.exists()
    assert Thread.objects.filter(author=left, state="published").exists()


@pytest.mark.django_db(transaction=True)
def test_a_tombstone_is_told_nothing(author, mo):
    thread = Thread.objects.get(title="The question of Vera")
    leave(author, keep_name=False, now=timezone.now())
    night()
    make.post(thread, author=mo)
    fanout.tell_all()
    assert not Notice.objects.filter(account=author).exists()


def test_nobody_leaving_is_no_reason_to_rotate(alice):
    before = vault.verify()
    renew_key_when_due(now=timezone.now())
    assert vault.verify() == before
    assert Account.objects.get() == alice


@pytest.mark.django_db(transaction=True)
def test_who_cannot_be_closed_keeps_nobody_else(author, mo, caplog):
    other = make.account("Another who leaves")
    for account in (author, other):
        leave(account, keep_name=False, now=timezone.now())

    def refuse(run, sql, parameters, many, context):
        if sql.startswith("UPDATE") and "accounts_account" in sql and author.pk in parameters:
            raise DatabaseError
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(refuse):
        night()
    assert list(Account.objects.leaving()) == [author]
    assert "can't be closed yet: DatabaseError" in caplog.text
    assert author.display_name not in caplog.text
    night()
    assert not Account.objects.leaving().exists()


def dying_at(step: int) -> Callable:
    """Fail at one statement, as a process that is killed there does: what was not committed is lost."""
    steps = count(1)

    def execute(run, sql, parameters, many, context):
        if next(steps) == step:
            raise KeyboardInterrupt
        return run(sql, parameters, many, context)

    return execute


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_a_night_killed_at_any_statement_is_made_up_for(mo):
    """Each night two accounts leave, and the job dies a few statements later than the night before."""
    now = timezone.now()
    for step in count(1, 9):
        now += timedelta(days=1)
        plain, writer = make.account(), make.account()
        make.thread("published", author=writer, by=mo, now=now)
        persona = make.thread("published", author=writer, anonymous=True, by=mo, now=now).personas.get().pk
        for account in (plain, writer):
            leave(account, keep_name=False, now=now)
        try:
            with connection.execute_wrapper(dying_at(step)):
                night(now)
        except KeyboardInterrupt:
            assert vault.verify().sound
            night(now)
        else:
            break
        assert not Account.objects.leaving().exists()
        assert not Account.objects.filter(pk=plain.pk).exists()
        assert Account.objects.get(pk=writer.pk).email.endswith(".invalid")
        assert not vault.owns(writer, persona)
    assert step > 30
