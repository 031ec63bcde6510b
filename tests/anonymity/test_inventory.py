"""docs/crypto.md names the keys and algorithms that the code has."""

import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from anonymity import sealing, vault
from anonymity.sealing import Key, KeyRing

PAGE = (Path(__file__).resolve().parents[2] / "docs/crypto.md").read_text()


def test_every_sub_key_is_listed_once():
    assert re.findall(r"^\| [^|]+ \| `([a-z]+)` \|", PAGE, re.MULTILINE) == [str(key) for key in Key]
    assert len(Key) == 8


def test_sizes_are_those_of_the_code():
    ring = KeyRing(1, {1: bytes(sealing.SECRET_BYTES)})
    assert f"{sealing.SECRET_BYTES} random bytes each" in PAGE
    assert f"random nonce of {sealing.NONCE_BYTES} bytes, {sealing.PADDED_BYTES} bytes of padded text" in PAGE
    assert f"| {len(ring.seal(bytes(16), table='t', row=b''))} bytes |" in PAGE
    assert PAGE.count(f"| {len(ring.tag(Key.BUS))} bytes |") == len(Key) - 2
    assert f"`{sealing.CONTEXT.decode()}`" in PAGE
    assert f"from 1 to {sealing.HIGHEST_KID}" in PAGE


def test_times_are_those_of_the_code():
    assert f"after {vault.KEY_LASTS.days} days by the worker" in PAGE
    assert timedelta(days=7) == settings.ANON_KEY_GRACE
    assert "destroyed 7 days later (`ANON_KEY_GRACE`)" in PAGE
