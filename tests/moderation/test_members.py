"""Members at the desk: found by name or address; a page without a trace of what they wrote; notes, roles."""

import re

import pytest
from django.test import Client

from accounts.access import NotAllowed
from accounts.actions.appoint import appoint, dismiss
from accounts.models import Account
from forum.notices import fanout
from moderation.actions.claim import claim
from moderation.actions.note import note, remove_note
from moderation.actions.sanction import agree, lift, sanction
from moderation.actions.silence import mute, pause_author
from moderation.models import AuditEvent, MemberNote, QueueItem
from tests import make
from tests.pages import masked

pytestmark = pytest.mark.embedded

NOTE = "Was asked twice to write more kindly."
PASSWORD = {"password": make.PASSWORD}


@pytest.fixture
def mos(mo) -> Client:
    client = Client()
    client.force_login(mo)
    return client


@pytest.fixture
def admins(admin) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/moderation/members/{query}").content.decode()
    return re.findall(r'/moderation/members/\d+/"><b>([^<]+)</b>', page)


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("?q=ali", ["Alice"]),
        ("?q=ALICE", ["Alice"]),
        ("?q=alice@example.org", ["Alice"]),
        ("?q=Alice@Example.ORG", ["Alice"]),
        ("?q=alice@", []),  # nobody leafs through addresses
        ("?q=@example.org", []),
        ("?role=moderator", ["Mo"]),
        ("?role=administrator", ["Admin"]),
        ("?role=verified", ["Vera"]),
        ("?role=king", []),
        ("", ["Admin", "Alice", "Mo", "Vera"]),
    ],
)
def test_members_are_found_by_name_or_whole_address(mos, admin, alice, vera, query, who):
    assert names(mos, query) == who


def test_no_page_shows_an_address(mos, alice):
    for page in ("/moderation/members/", f"/moderation/members/{alice.pk}/"):
        assert alice.email not in mos.get(page).content.decode()


def test_who_has_left_is_not_a_member(mos, alice):
    Account.objects.filter(pk=alice.pk).update(is_active=False)
    assert names(mos) == ["Mo"]
    assert mos.get(f"/moderation/members/{alice.pk}/").status_code == 404


def test_pages_hold_everybody_once_and_cost_few_queries(mos, django_assert_max_num_queries, tags):
    for number in range(120):
        make.account(f"Twin {number % 3}", email=f"twin-{number}@example.org", disciplines=["psychologist"])
    seen: list[str] = []
    query = ""
    with django_assert_max_num_queries(11):
        first = mos.get("/moderation/members/").content.decode()
    assert first
    while True:
        page = mos.get(f"/moderation/members/{query}").content.decode()
        seen += re.findall(r'/moderation/members/(\d+)/"><b>', page)
        following = re.search(r'rel="next" href="(\?[^"]+)"', page)
        if not following:
            break
        query = following[1]
    assert len(seen) == len(set(seen)) == Account.objects.filter(is_active=True).count()


@pytest.mark.parametrize("viewer", ["moderator", "administrator"])
def test_a_members_page_is_the_same_whatever_they_write_anonymously(vera, mo, admin, viewer):
    """T-SAME: also while they are paused unseen or muted, and to the last query."""
    client = Client()
    client.force_login(mo if viewer == "moderator" else admin)
    page = f"/moderation/members/{vera.pk}/"
    lists = ["/moderation/members/?q=vera", "/moderation/verifications/"]
    before = [masked(client.get(address)) for address in [page, *lists]]
    thread = make.thread("published", author=vera, anonymous=True, by=mo)
    other = make.thread("published", author=make.account(), by=mo)
    view = make.post(other, "perspective", author=vera, anonymous=True, by=mo)
    make.thread(author=vera, code="A" * 26)
    pause_author(make.opener(thread), days=30, by=mo, now=make.NOW)
    mute(view.persona, by=mo, now=make.NOW)
    fanout.tell_all()
    QueueItem.objects.all().delete()  # whose number the masthead shows
    assert [masked(client.get(address)) for address in [page, *lists]] == before


def test_a_note_is_for_colleagues_and_in_the_members_export(mos, alice, mo, client, now):
    page = f"/moderation/members/{alice.pk}/"
    assert mos.post(f"{page}notes/", {"note": NOTE}).status_code == 303
    assert NOTE in mos.get(page).content.decode()
    assert AuditEvent.objects.values_list("kind", "about", "by").get() == (
        "account.noted", str(alice), mo.pk,
    )  # fmt: skip
    client.force_login(alice)
    assert NOTE in b"".join(client.post("/my/export/", PASSWORD)).decode()


def test_a_note_sent_twice_is_one(alice, mo, mia, now):
    written = [note(alice, "She asked how to write more kindly.", by=mo, now=now) for _ in range(2)]
    assert written == [*MemberNote.objects.all()] * 2
    assert AuditEvent.objects.filter(kind="account.noted").count() == 1
    note(alice, "She asked how to write more kindly.", by=mia, now=now)
    assert MemberNote.objects.count() == 2


def test_a_note_too_short_is_refused_with_its_words(mos, alice):
    answer = mos.post(f"/moderation/members/{alice.pk}/notes/", {"note": "Hm, hm."})
    assert answer.status_code == 422
    assert "Hm, hm." in answer.content.decode()
    assert not MemberNote.objects.exists()


def test_nobody_reads_or_writes_notes_about_themself(mos, mo, mia, now):
    note(mo, NOTE, by=mia, now=now)
    assert NOTE not in mos.get(f"/moderation/members/{mo.pk}/").content.decode()
    assert mos.post(f"/moderation/members/{mo.pk}/notes/", {"note": NOTE}).status_code == 403


def test_a_note_is_taken_back_by_whoever_wrote_it(alice, mia, mo, now):
    written = note(alice, NOTE, by=mia, now=now)
    with pytest.raises(NotAllowed):
        remove_note(written, by=mo, now=now)
    remove_note(written, by=mia, now=now)
    assert not MemberNote.objects.exists()
    assert AuditEvent.objects.last().kind == "account.note-removed"


def test_an_administrator_appoints_and_dismisses(admins, admin, carol, pending_item, now):
    page = f"/moderation/members/{carol.pk}/"
    assert admins.post(f"{page}appoint/", PASSWORD).status_code == 303
    carol.refresh_from_db()
    assert carol.is_moderator
    carol = Account.objects.get(pk=carol.pk)
    claim(pending_item, by=carol, now=now)
    assert admins.post(f"{page}dismiss/", PASSWORD).status_code == 303
    carol.refresh_from_db()
    pending_item.refresh_from_db()
    assert (carol.is_moderator, pending_item.holder) == (False, None)
    kinds = AuditEvent.objects.about(carol).values_list("kind", "by")
    assert list(kinds) == [
        ("account.dismissed-moderator", admin.pk),
        ("account.appointed-moderator", admin.pk),
    ]
    assert "No longer a moderator" in admins.get(page).content.decode()


def test_a_role_takes_the_password(admins, carol):
    answer = admins.post(f"/moderation/members/{carol.pk}/appoint/", {"password": "wrong"})
    assert answer.status_code == 422
    assert 'role="alert" tabindex="-1" autofocus' in answer.content.decode()  # the form is far down
    assert not Account.objects.get(pk=carol.pk).is_moderator


def test_roles_are_an_administrators_and_never_ones_own(admin, carol, mo, now):
    for by in (mo, carol):
        with pytest.raises(NotAllowed):
            appoint(make.account(), "moderator", by=by, now=now)
    with pytest.raises(NotAllowed):
        appoint(admin, "moderator", by=admin, now=now)
    other = make.account(is_administrator=True, is_moderator=True)
    with pytest.raises(NotAllowed):
        dismiss(other, by=other, now=now)
    dismiss(other, by=admin, now=now)
    assert not Account.objects.get(pk=other.pk).is_moderator


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_who_is_suspended_gets_no_role(vera, mia, mo, admin, now, role):
    asked = sanction(vera, "suspension", make.REASON, hours=24, by=mia, now=now)
    agree(asked, by=mo, now=now)
    with pytest.raises(NotAllowed, match="They are suspended"):
        appoint(vera, role, by=admin, now=now)
    lift(asked, by=mia, now=now)
    appoint(vera, role, by=admin, now=now)
    assert getattr(vera, f"is_{role}")


def test_what_was_a_member_keeps_their_verification_when_dismissed(vera, admin, now):
    appoint(vera, "moderator", by=admin, now=now)
    dismiss(vera, by=admin, now=now)
    vera = Account.objects.get(pk=vera.pk)
    assert vera.is_verified
    appoint(vera, "member", by=admin, now=now)
    assert not Account.objects.get(pk=vera.pk).is_verified
    assert not vera.checked_disciplines()


def test_an_administrator_finds_the_record_and_how_the_desk_is_doing_from_here(admins):
    page = admins.get("/moderation/members/").content.decode()
    for address in ("/moderation/log/", "/moderation/insight/"):
        assert f'href="{address}"' in page
        assert admins.get(address).status_code == 200
