"""What an account has read is sealed on its own row, and reading changes nothing else (leak 22)."""

import pytest

from accounts.models import Account
from forum.models import Notice
from forum.notices import fanout
from forum.notices.inbox import Inbox
from forum.notices.reading import KEPT, PACKED, Reading, note_read, reading_of, seal_all_anew, sealed
from tests import make
from tests.tables import dump


@pytest.fixture
def both(alice, mia, mo) -> list[Notice]:
    """Two notices for Alice's name and two for a persona of hers."""
    for anonymous in (False, True):
        make.post(make.thread("published", author=alice, anonymous=anonymous, by=mia), author=mo)
    fanout.tell_all()
    return list(Notice.objects.order_by("pk"))


@pytest.mark.parametrize("address", ["/inbox/{}/", "/inbox/read/"])
def test_two_dumps_around_reading_differ_in_the_readers_own_row_alone(both, alice, client, address):
    client.force_login(alice)
    of_persona = next(notice for notice in both if notice.persona_id)
    before = dump()
    path = address.format(of_persona.pk)
    client.get(path) if "{" in address else client.post(path)
    after = dump()
    changed = {table: before[table] ^ after[table] for table in before if before[table] != after[table]}
    assert set(changed) == {"accounts_account"}
    assert len(changed["accounts_account"]) == 2  # one row, before and after
    assert of_persona.pk in reading_of(Account.objects.get(pk=alice.pk))


def test_a_seal_has_one_size_and_tells_nothing_twice(alice):
    seals = [sealed(alice.pk, Reading(0, ())), *(sealed(alice.pk, Reading(9, (10, 2**62))) for _ in range(2))]
    assert {len(seal) for seal in seals} == {PACKED.size + 30}
    assert len(set(seals)) == 3


def test_a_seal_that_does_not_open_means_unread(both, alice, bob, client, settings):
    client.force_login(alice)
    good = sealed(alice.pk, Reading(both[-1].pk))
    for seal, unread in [
        (good, 0),
        (None, 4),
        (b"", 4),
        (good[:-1], 4),
        (good[:5] + bytes([good[5] ^ 1]) + good[6:], 4),
        (sealed(bob.pk, Reading(both[-1].pk)), 4),
        ((999).to_bytes(2, "big") + good[2:], 4),  # of a key that was destroyed
    ]:
        Account.objects.filter(pk=alice.pk).update(inbox_seal=seal)
        assert client.get("/inbox/since/0/").json()["unread"] == unread
    Account.objects.filter(pk=alice.pk).update(inbox_seal=good)
    settings.ANON_KEYRING_FILE = settings.DATA_DIR / "no-such-file"
    account = Account.objects.get(pk=alice.pk)
    assert reading_of(account) == Reading()
    note_read(account, [both[0].pk])  # waits for the vault, and breaks no page
    assert bytes(Account.objects.get(pk=alice.pk).inbox_seal) == good


def test_of_two_tabs_that_read_at_once_neither_is_lost(alice):
    first, second = (Account.objects.get(pk=alice.pk) for _ in range(2))
    note_read(first, [1])
    note_read(second, [2])
    assert reading_of(Account.objects.get(pk=alice.pk)) == Reading(0, (1, 2))


def test_more_than_there_is_room_for_counts_everything_older_as_read():
    many = Reading().with_these(range(10, 10 + KEPT))
    assert (many.upto, 9 in many, 10 in many) == (0, False, True)
    one_more = many.with_these([100])
    assert (one_more.upto, len(one_more.above)) == (10, KEPT)
    assert 9 in one_more
    assert 99 not in one_more


def test_a_notice_that_was_still_on_its_way_is_unread_when_it_comes(both, alice):
    """Its number may be lower than those that were read: another transaction took it earlier."""
    late = both[0]
    Notice.objects.filter(pk=late.pk).delete()
    Inbox(alice).mark_read()
    assert Inbox(alice).unread == 0
    late.save(force_insert=True)
    assert Inbox(alice).unread == 1


def test_the_night_changes_every_seal_and_nothing_of_what_it_says(alice, bob):
    note_read(alice, [7, 9])
    seal_all_anew()
    for account, reading in [(alice, Reading(0, (7, 9))), (bob, Reading())]:
        now = Account.objects.get(pk=account.pk)
        assert bytes(now.inbox_seal) != account.inbox_seal
        assert len(now.inbox_seal) == PACKED.size + 30
        assert reading_of(now) == reading
