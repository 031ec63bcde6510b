"""Rotation: every value of the vault anew, every link as it was, but those that are to be cut."""

import uuid

import pytest

from anonymity import keyring, rows, vault
from anonymity.models import Block, KeyCheck, Link, Rate
from tests.anonymity.conftest import Somebody
from tests.anonymity.dumps import NOW, TABLES, dump, in_days

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def test_everybody_keeps_their_personas(somebody, another, threads):
    before = {account.anon_ref: set(vault.personas_of(account)) for account in (somebody, another)}
    for day in (0, 1, 2):
        vault.rotate(threads, now=in_days(day))
        for account in (somebody, another):
            assert set(vault.personas_of(account)) == before[account.anon_ref]
    for persona, thread in threads.items():
        owner = somebody if persona in before[somebody.anon_ref] else another
        assert vault.persona_for(owner, thread) == vault.attach(owner, thread) == persona
        assert [vault.owns(account, persona) for account in (somebody, another)] == [
            account is owner for account in (somebody, another)
        ]
    assert Link.objects.count() == len(threads)
    assert vault.verify().sound


def test_every_opaque_value_of_every_row_is_another_one(threads):
    """T-DIFF: what stayed the same between two dumps would say which rows a deletion had changed."""
    before = dump()
    vault.rotate(threads, now=NOW)
    after = dump()
    assert {model: len(found) for model, found in after.items()} == {Link: 63, Block: 3, Rate: 2, KeyCheck: 1}
    personas = {persona.bytes for persona in threads}
    for model in TABLES:
        values = [{value for row in dumped[model] for value in row} for dumped in (before, after)]
        opaque = [{value for value in found if isinstance(value, bytes)} - personas for found in values]
        assert not opaque[0] & opaque[1]
        assert len(opaque[0]) == len(opaque[1])
    assert {row[1] for model in (Link, Block) for row in after[model]} == {2}


def test_rows_stand_in_another_order_than_they_came_in(threads):
    before = [row[0] for row in dump(Link)[Link]]
    vault.rotate(threads, now=NOW)
    assert sorted(before) == sorted(row[0] for row in dump(Link)[Link])
    assert before != [row[0] for row in dump(Link)[Link]]


def test_the_links_of_an_account_that_leaves_are_cut_and_look_like_all_others(somebody, another, threads):
    theirs = set(vault.personas_of(somebody))
    vault.rotate(threads, leaving=[somebody], now=NOW)
    assert vault.personas_of(somebody) == []
    assert not any(vault.owns(somebody, persona) for persona in theirs)
    assert not any(vault.persona_for(somebody, threads[persona]) for persona in theirs)
    assert len(vault.personas_of(another)) == 3
    assert Link.objects.count() == len(threads)
    assert {(link.kid, len(bytes(link.seal))) for link in Link.objects.all()} == {(2, 92)}
    found = vault.verify()
    assert found.sound
    assert found.links == len(threads)
    refs = [rows.opened(keyring.current(), link).ref for link in Link.objects.all()]
    assert somebody.anon_ref not in refs
    assert len(set(refs)) == len(theirs) + 1  # nothing joins what was cut either


def test_pauses_and_used_places_of_who_leaves_stay_by_number_and_are_nobodys(another, threads):
    """One fewer in that night would tell whose they were (T-DIFF)."""
    before, free = dump(), Somebody()
    vault.rotate(threads, leaving=[another], now=NOW)
    after = dump()
    for model in (Block, Rate):
        assert len(after[model]) == len(before[model])
        assert not {row[0] for row in before[model]} & {row[0] for row in after[model]}
    for account in (another, free):
        assert [vault.take_slot(account, "reply", NOW) for _ in range(21)] == [True] * 20 + [False]
    assert vault.verify().sound
    vault.rotate(threads, now=in_days(90))
    assert Block.objects.count() == 3
    vault.rotate(threads, now=in_days(91))
    assert not Block.objects.exists()


def test_cutting_a_second_time_after_a_killed_run_changes_nothing_for_the_rest(somebody, another, threads):
    for _ in range(2):
        vault.rotate(threads, leaving=[somebody], now=NOW)
    assert len(vault.personas_of(another)) == 3
    assert vault.verify().sound


def test_a_link_to_a_persona_that_was_never_written_goes_on_a_later_day(somebody, threads):
    thread = uuid.uuid4()
    orphan = vault.attach(somebody, thread)
    for _ in range(2):  # its post may be on the way at this very moment
        vault.rotate(threads, now=NOW)
        assert vault.persona_for(somebody, thread) == orphan
    vault.rotate(threads, now=in_days(1))
    assert vault.persona_for(somebody, thread) is None
    assert Link.objects.count() == len(threads)


def test_a_link_missed_once_stays_when_its_persona_is_there_after_all(somebody, threads):
    thread = uuid.uuid4()
    late = vault.attach(somebody, thread)
    vault.rotate(threads, now=NOW)
    vault.rotate({**threads, late: thread}, now=in_days(1))
    vault.rotate(threads, now=in_days(2))
    assert vault.persona_for(somebody, thread) == late


def test_a_link_from_before_threads_were_sealed_too_is_completed(somebody, threads):
    ring = keyring.current()
    persona, thread = uuid.uuid4(), uuid.uuid4()
    link = rows.link(ring, rows.Whose(somebody.anon_ref, thread), persona.bytes, place=100)
    link.seal = ring.seal(somebody.anon_ref, table="vault_link", row=persona.bytes)
    link.save()
    assert vault.verify().misplaced == 1
    vault.rotate({**threads, persona: thread}, now=NOW)
    assert vault.persona_for(somebody, thread) == persona
    assert vault.verify().sound


def test_places_used_today_stay_used_and_no_more(somebody, threads):
    vault.rotate(threads, now=NOW)
    assert [vault.take_slot(somebody, "thread", NOW) for _ in range(3)] == [True, True, False]


def test_places_of_an_account_without_any_link_stay_used(threads):
    stranger = Somebody()
    for _ in range(3):
        vault.take_slot(stranger, "thread", NOW)
    vault.rotate(threads, now=NOW)
    assert not vault.take_slot(stranger, "thread", NOW)


def test_a_pause_outlasts_rotations_and_what_is_over_goes(somebody, another, threads):
    """Of three entries of one day, one pause is left as long as it makes a later one longer."""
    persona = vault.personas_of(another)[0]
    vault.lift(persona, NOW)
    vault.suspend(persona, in_days(7).date(), NOW)
    vault.rotate(threads, now=NOW)
    assert Block.objects.count() == 1
    assert not vault.take_slot(another, "reply", in_days(7))
    vault.rotate(threads, now=in_days(90))
    assert Block.objects.count() == 1
    assert vault.take_slot(another, "reply", in_days(90))
    vault.rotate(threads, now=in_days(91))
    assert not Block.objects.exists()


def test_a_seal_of_an_old_dump_opens_in_no_row_of_today(somebody, another, threads):
    victim, attacker = vault.personas_of(somebody)[0], vault.personas_of(another)[0]
    old = dump(Link)
    seal = next(row[2] for row in old[Link] if row[0] == victim.bytes)
    vault.rotate(threads, now=NOW)
    for row in (victim, attacker):
        Link.objects.filter(persona=row.bytes).update(seal=seal)
        with pytest.raises(vault.VaultUnavailable):
            vault.owns(somebody, row)


def test_sockets_of_the_time_before_still_hear(somebody, another, threads, monkeypatch):
    joined = vault.live_group(somebody)
    vault.rotate(threads, now=NOW)
    assert joined != vault.live_group(somebody)
    reached: list[str] = []
    monkeypatch.setattr("anonymity.bus.send_all", lambda groups, frame: reached.extend(groups))
    vault.nudge(vault.personas_of(somebody)[0])
    vault.nudge_accounts([somebody])
    assert reached == [vault.live_group(somebody), joined] * 2
    assert vault.live_group(another) not in reached
