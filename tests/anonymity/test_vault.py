"""The vault: personas that only the key can lead back to an account."""

import os
import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connections
from django.views.debug import ExceptionReporter

from anonymity import keyring, rows, vault
from anonymity.models import KeyCheck, Link
from anonymity.sealing import SEAL_BYTES, Key
from tests.anonymity.conftest import Somebody

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def test_attaching_twice_gives_the_same_persona(somebody):
    thread = uuid.uuid4()
    persona = vault.attach(somebody, thread)
    assert vault.attach(somebody, thread) == persona
    assert vault.persona_for(somebody, thread) == persona
    assert Link.objects.count() == 1


def test_every_thread_has_another_persona_and_nothing_joins_them(somebody):
    personas = [vault.attach(somebody, uuid.uuid4()) for _ in range(5)]
    assert len(set(personas)) == 5
    columns = list(zip(*Link.objects.values_list("persona", "seal", "thread_tag", "list_tag"), strict=True))
    values = [bytes(value) for column in columns for value in column]
    assert len(set(values)) == 20


def test_a_persona_is_random_and_tells_no_time(somebody):
    assert vault.attach(somebody, uuid.uuid4()).version == 4


def test_an_account_without_a_persona_in_the_thread_has_none(somebody, another):
    thread = uuid.uuid4()
    vault.attach(somebody, thread)
    assert vault.persona_for(another, thread) is None
    assert vault.persona_for(somebody, uuid.uuid4()) is None


def test_two_accounts_in_one_thread_have_two_personas(somebody, another):
    thread = uuid.uuid4()
    assert vault.attach(somebody, thread) != vault.attach(another, thread)


def test_only_its_account_owns_a_persona(somebody, another):
    persona = vault.attach(somebody, uuid.uuid4())
    assert vault.owns(somebody, persona)
    assert not vault.owns(another, persona)
    assert not vault.owns(somebody, uuid.uuid4())


def test_all_personas_are_found_across_many_windows(somebody, another):
    expected = {vault.attach(somebody, uuid.uuid4()) for _ in range(150)}
    vault.attach(another, uuid.uuid4())
    assert set(vault.personas_of(somebody)) == expected
    assert len(vault.personas_of(somebody)) == 150


def test_an_empty_window_in_the_middle_hides_nothing(somebody):
    personas = [vault.attach(somebody, uuid.uuid4()) for _ in range(100)]
    ring = keyring.current()
    first = [ring.tag(Key.LIST, somebody.anon_ref, rows.number(place)) for place in range(rows.WINDOW)]
    removed = Link.objects.filter(list_tag__in=first).delete()[0]
    assert removed == rows.WINDOW - rows.SPARE
    assert len(vault.personas_of(somebody)) == len(personas) - removed


def test_somebody_who_never_wrote_has_no_personas(somebody):
    assert vault.personas_of(somebody) == []


def test_all_seals_have_one_length(somebody):
    for _ in range(3):
        vault.attach(somebody, uuid.uuid4())
    assert {len(bytes(seal)) for seal in Link.objects.values_list("seal", flat=True)} == {SEAL_BYTES} == {92}


def test_a_seal_moved_into_another_row_opens_nothing(somebody, another):
    victim, attacker = vault.attach(somebody, uuid.uuid4()), vault.attach(another, uuid.uuid4())
    seal = Link.objects.get(persona=victim.bytes).seal
    Link.objects.filter(persona=attacker.bytes).update(seal=seal)
    with pytest.raises(vault.VaultUnavailable):
        vault.owns(somebody, attacker)


@pytest.mark.parametrize("where", [0, 12, 40, 91])
def test_a_seal_with_one_changed_bit_opens_nothing(somebody, where):
    persona = vault.attach(somebody, uuid.uuid4())
    seal = bytearray(Link.objects.get(persona=persona.bytes).seal)
    seal[where] ^= 1
    Link.objects.filter(persona=persona.bytes).update(seal=bytes(seal))
    with pytest.raises(vault.VaultUnavailable):
        vault.owns(somebody, persona)


def test_openings_are_counted_by_purpose_and_hold_no_id(somebody):
    persona = vault.attach(somebody, uuid.uuid4())
    before = vault.openings()
    vault.owns(somebody, persona)
    vault.nudge(persona)
    vault.mail_accounts([persona])
    after = vault.openings()
    assert {purpose: after[purpose] - before[purpose] for purpose in after} == {
        "own": 1,
        "live": 1,
        "mail": 1,
        "suspend": 0,
    }


def test_a_missing_key_file_closes_the_vault(somebody, key_file):
    key_file.unlink()
    for act in (vault.attach, vault.persona_for):
        with pytest.raises(vault.VaultUnavailable):
            act(somebody, uuid.uuid4())
    for act in (vault.personas_of, vault.live_group):
        with pytest.raises(vault.VaultUnavailable):
            act(somebody)


def test_a_database_out_of_order_closes_the_vault_and_the_log_has_only_the_kind(somebody, caplog):
    def broken(execute, sql, params, many, context):
        raise DatabaseError(f"canary {params}")

    vault.attach(somebody, uuid.uuid4())
    with connections["vault"].execute_wrapper(broken), pytest.raises(vault.VaultUnavailable) as raised:
        vault.persona_for(somebody, uuid.uuid4())
    assert "The vault is closed: DatabaseError" in caplog.text
    assert "canary" not in caplog.text + str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_another_key_file_is_refused_and_the_right_one_works_again(somebody, key_file):
    thread = uuid.uuid4()
    persona = vault.attach(somebody, thread)
    right = key_file.read_bytes()
    key_file.unlink()
    keyring.create(key_file)
    with pytest.raises(vault.VaultUnavailable):
        vault.attach(somebody, uuid.uuid4())
    key_file.unlink()
    key_file.touch(mode=0o600)
    key_file.write_bytes(right)
    assert vault.persona_for(somebody, thread) == persona
    assert KeyCheck.objects.count() == 1


def test_an_anonymous_ref_of_another_length_is_never_used():
    with pytest.raises(ValueError, match="16 bytes"):
        vault.attach(Somebody(os.urandom(15)), uuid.uuid4())


def test_an_error_report_from_inside_an_act_shows_no_variable(settings):
    settings.DEBUG = False
    with pytest.raises(ValueError, match="16 bytes") as raised:
        vault.attach(Somebody(b"canary of 15 by"), uuid.uuid4())
    inside = raised.value.__traceback__.tb_next  # the frames of the board, without this test's own
    report = ExceptionReporter(None, ValueError, raised.value, inside)
    assert "_ref" in report.get_traceback_html()
    assert "canary" not in report.get_traceback_html() + report.get_traceback_text()


def test_vault_rows_hold_nothing_of_the_account(alice):
    """T-SCAN in small: what belongs to the account, in every spelling, is in no vault row."""
    thread = uuid.uuid4()
    vault.attach(alice, thread)
    vault.take_slot(alice, "thread", datetime(2026, 3, 4, 10, tzinfo=UTC))
    stored = b"\n".join(_every_value("vault"))
    for secret in (alice.anon_ref, alice.email.encode(), alice.display_name.encode(), thread.bytes):
        for spelling in (bytes(secret), bytes(secret).hex().encode(), bytes(secret)[::-1]):
            assert spelling not in stored


def _every_value(alias: str) -> list[bytes]:
    values = []
    with connections[alias].cursor() as cursor:
        for table in ("vault_link", "vault_block", "vault_rate", "vault_keycheck"):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                values += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return values
