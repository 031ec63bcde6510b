"""Sealing: fixed answers, so that what is stored today still opens after any change."""

import hashlib
import hmac

import pytest

from anonymity.sealing import Broken, Key, KeyRing, derive, mac, seal, unseal

SECRET = bytes(range(32))
REF = bytes(range(100, 116))
ROW = bytes(range(200, 216))
PLACE = {"kid": 1, "table": "vault_link", "row": ROW}


def by_hand(secret: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 for 32 bytes, written out from RFC 5869."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_sub_keys_are_hkdf_of_the_purpose():
    for purpose in Key:
        assert derive(SECRET, purpose) == by_hand(SECRET, b"sounding-board/anon/v1/" + purpose.encode())
    assert len({derive(SECRET, purpose) for purpose in Key}) == len(Key)


def test_the_names_of_the_purposes_never_change():
    assert {str(key) for key in Key} == {"seal", "thread", "list", "susp", "rate", "bus", "check", "inbox"}


def test_a_tag_is_the_first_half_of_an_hmac_over_framed_parts():
    expected = hmac.new(SECRET, b"\x00\x02ab\x00\x01c", hashlib.sha256).digest()[:16]
    assert mac(SECRET, b"ab", b"c") == expected
    assert mac(SECRET, b"a", b"bc") != expected
    assert mac(SECRET, b"abc") != expected


def test_known_tags():
    ring = KeyRing(1, {1: SECRET})
    assert ring.tag(Key.THREAD, ROW, REF).hex() == "64d48e1e81a71673f01f7c65a680f69b"
    assert ring.tag(Key.LIST, REF, bytes(4)).hex() == "6ee30eeba9d4897cd3ee1d131c003c30"
    assert ring.tag(Key.BUS, REF).hex() == "9670ece95d5e4965858579d1ab810b43"


def test_a_seal_made_long_ago_still_opens():
    sealed = bytes.fromhex(
        "000102030405060708090a0b7e1e28e15dccf7feadaebb4c35eacc33052c3ef2d8b79ccf072a294af60f59db234e"
        "8efb7fe14a48357b8d4801bc880c42a134fe701afe33dda2ecbcaf456610672a35636a89a9698d79c0dd6cc7d33c"
    )
    assert unseal(derive(SECRET, Key.SEAL), sealed, **PLACE) == (REF, bytes(47))


def test_two_seals_of_one_reference_differ_everywhere():
    one, other = seal(SECRET, REF, **PLACE), seal(SECRET, REF, **PLACE)
    assert one[:12] != other[:12]
    assert one[12:] != other[12:]
    assert len(one) == len(other) == 92


@pytest.mark.parametrize("change", [{"kid": 2}, {"table": "vault_block"}, {"row": bytes(16)}])
def test_a_seal_opens_in_its_own_place_only(change):
    sealed = seal(SECRET, REF, **PLACE)
    assert unseal(SECRET, sealed, **PLACE)[0] == REF
    with pytest.raises(Broken):
        unseal(SECRET, sealed, **{**PLACE, **change})


@pytest.mark.parametrize("cut", [b"", b"\x00" * 11, b"\x00" * 12, b"\x00" * 92])
def test_what_is_no_seal_does_not_open(cut):
    with pytest.raises(Broken):
        unseal(SECRET, cut, **PLACE)


def test_a_reference_of_another_length_is_not_sealed():
    with pytest.raises(ValueError, match="16 bytes"):
        seal(SECRET, REF[:15], **PLACE)


def test_a_ring_writes_with_its_primary_key_and_reads_with_all():
    old, both = KeyRing(1, {1: SECRET}), KeyRing(2, {1: SECRET, 2: bytes(32)})
    assert both.tags(Key.BUS, REF) == [both.tag(Key.BUS, REF), old.tag(Key.BUS, REF)]
    sealed = old.seal(REF, table="vault_link", row=ROW)
    assert both.unseal(sealed, **PLACE)[0] == REF
    newer = both.seal(REF, table="vault_link", row=ROW)
    with pytest.raises(Broken, match="Key 2"):
        old.unseal(newer, **{**PLACE, "kid": 2})


def test_a_ring_does_not_show_its_keys():
    ring = KeyRing(1, {1: SECRET})
    assert repr(ring) == str(ring) == "<KeyRing of 1>"
