"""What is found when somebody tampers with the record, by its chain and by the heads published outside."""

import pytest
from django.core.management import CommandError, call_command

from moderation import audit, audit_check, audit_key
from moderation.models import AuditEvent, AuditHead
from tests import tampering


def fault() -> tuple[int, str] | None:
    found = audit_check.verify()
    return (found.fault.seq, found.fault.what.split(":")[0].split(",")[0]) if found.fault else None


def tamper(*, seq: int, **changes) -> None:
    with tampering.unguarded():
        AuditEvent.objects.filter(seq=seq).update(**changes)


def delete(**which) -> None:
    with tampering.unguarded():
        AuditEvent.objects.filter(**which).delete()


def test_each_event_follows_the_one_before(nine):
    assert [event.seq for event in nine] == list(range(1, 10))
    assert [bytes(event.prev) for event in nine] == [bytes(32), *(bytes(event.mac) for event in nine[:-1])]
    head = AuditHead.objects.get()
    assert (head.seq, bytes(head.mac)) == (9, bytes(nine[-1].mac))
    found = audit_check.verify()
    assert (found.fault, found.sealed, found.before, found.seq) == (None, 9, 0, 9)


@pytest.mark.parametrize("column", ["kind", "about", "by", "hour", "mac", "prev"])
def test_whatever_is_changed_is_found(nine, mo, now, column):
    other = {
        "kind": "thing.undone",
        "about": "thing 7",
        "by": mo,
        "hour": now,
        "mac": b"0" * 32,
        "prev": b"0" * 32,
    }
    tamper(seq=5, **{column: other[column]})
    assert fault() == (5, "changed or inserted")


def test_one_deleted_in_the_middle_is_missing(nine):
    delete(seq=5)
    assert fault() == (5, "missing")


def test_the_first_ones_deleted_are_missing(nine):
    delete(seq__lte=2)
    assert fault() == (1, "missing")


def test_the_end_deleted_is_missing_by_the_head(nine):
    delete(seq__gte=8)
    assert fault() == (8, "missing")


def test_the_end_deleted_with_the_head_set_back_is_missing_by_the_published_head(nine, now):
    audit_check.publish(now)
    delete(seq__gte=8)
    AuditHead.objects.update(seq=7, mac=nine[6].mac)
    assert fault() == (8, "missing")
    audit.record("thing.done", about="thing", now=now)
    audit.record("thing.done", about="thing", now=now)  # grown again to as many
    assert fault() == (9, "not the one published on 2026-03-04")


def test_all_deleted_is_missing_by_the_published_head(nine, now):
    audit_check.publish(now)
    delete()
    AuditHead.objects.all().delete()
    assert fault() == (1, "missing")


def test_two_exchanged_are_found_at_the_first(nine):
    with tampering.unguarded():
        for start, end in ((3, 100), (6, 3), (100, 6)):
            AuditEvent.objects.filter(seq=start).update(seq=end)
    assert fault() == (3, "exchanged")
    assert "as event 6" in audit_check.verify().fault.what


def test_a_number_without_bounds_ends_the_search_nonetheless(nine):
    tamper(seq=9, kind="thing.other")
    AuditHead.objects.update(seq=2**62)
    assert fault() == (9, "changed or inserted")


def test_a_gap_closed_by_new_numbers_is_found(nine):
    delete(seq=5)
    with tampering.unguarded():
        for seq in range(6, 10):
            AuditEvent.objects.filter(seq=seq).update(seq=seq - 1)
    AuditHead.objects.update(seq=8)
    assert fault() == (5, "exchanged")


@pytest.mark.parametrize("mac", [None, b"1" * 32])
def test_one_inserted_is_found(nine, mia, now, mac):
    AuditEvent.objects.create(
        seq=10, kind="thing.done", about="thing", by=mia, hour=now, prev=nine[-1].mac, mac=mac
    )
    assert fault() == (10, "changed or inserted" if mac else "inserted")


def test_one_sealed_twice_is_found(nine):
    """A whole true row cannot stand in a second place."""
    twice = nine[3]
    twice.seq = 10
    twice.save(force_insert=True)
    assert fault() == (10, "exchanged")


def test_seals_taken_off_do_not_make_events_of_before_the_chain(nine):
    with tampering.unguarded():
        AuditEvent.objects.filter(seq__lte=4).update(mac=None, prev=None)
    assert fault() == (5, "not the one that followed")


def test_with_another_key_nothing_is_right(nine, settings, tmp_path):
    settings.AUDIT_KEY_FILE = tmp_path / "audit.key"
    audit_key.create()
    assert fault() == (1, "changed or inserted")


def test_events_of_before_the_chain_are_counted_and_the_chain_goes_on_from_them(mia, now):
    for seq in (3, 4, 9):
        AuditEvent.objects.create(seq=seq, kind="thing.done", about="thing", by=mia, hour=now)
    assert not audit_check.has_begun()
    audit.record("thing.done", about="thing", now=now)
    found = audit_check.verify()
    assert (found.fault, found.before, found.sealed, found.seq) == (None, 3, 1, 10)
    assert audit_check.has_begun()


def test_the_command_says_what_it_found(nine, capsys):
    call_command("audit_verify")
    assert capsys.readouterr().out.splitlines() == [
        "9 events sealed and in order",
        f"head 9 {bytes(nine[-1].mac).hex()}",
    ]
    tamper(seq=5, kind="thing.undone")
    with pytest.raises(CommandError, match="Event 5 is wrong: changed or inserted") as raised:
        call_command("audit_verify")
    assert raised.value.returncode == 1


def test_the_head_is_published_once_and_only_of_a_whole_record(nine, now, heads, caplog):
    caplog.set_level("INFO")
    assert audit_check.publish(now)
    assert audit_check.publish(now)
    line = f"9 {bytes(nine[-1].mac).hex()}"
    assert heads.read_text() == f"2026-03-04 {line}\n"
    assert heads.stat().st_mode & 0o777 == 0o600
    assert bytes(nine[-1].mac).hex() in caplog.text
    audit.record("thing.done", about="thing", now=now)
    tamper(seq=5, kind="thing.undone")
    assert audit_check.publish(now) is None
    assert "not whole, from event 5 on" in caplog.text
    assert len(heads.read_text().splitlines()) == 1


def test_nothing_is_published_before_anything_was_done(db, now, heads):
    assert audit_check.publish(now) is None
    assert not heads.exists()


def test_after_a_restored_backup_the_record_is_whole_again_and_says_so(nine, now, heads, capsys):
    audit_check.publish(now)
    delete(seq__gte=8)
    AuditHead.objects.update(seq=7, mac=nine[6].mac)
    audit_check.note_restored(now)
    call_command("audit_verify")
    assert "a backup was put back on 2026-03-04" in capsys.readouterr().out
