"""T-SCAN over all that a thief could carry off after the whole script: rows, files, caches, logs, mails."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, connections

from accounts.models import Account
from anonymity.models import Link, Rate
from forum import return_code
from tests.privacy.two_worlds.evidence import Evidence
from tests.privacy.two_worlds.run import KEYS
from tests.privacy.two_worlds.world import RETURN_CODE


def assert_no_secret_lies_about(evidence: Evidence) -> None:
    """T-SCAN over the stores as the script left them, and over all that was captured meanwhile."""
    check_captured(texts(evidence))
    if connection.vendor == "sqlite":  # PostgreSQL's files are its server's; its rows were read above
        check_files()


def spellings(value: bytes) -> set[bytes]:
    """A value as it could be written down: raw, reversed, in hex or base64; and its plain hashes."""
    digests = [hashlib.new(name, value).digest() for name in ("md5", "sha1", "sha256")]
    raw = [value, value[::-1], *digests]
    encoded = [encode(each) for each in raw for encode in (base64.b64encode, base64.urlsafe_b64encode)]
    return {*raw, *(each.hex().encode() for each in raw), *(each.rstrip(b"=") for each in encoded)}


def texts(evidence: Evidence) -> bytes:
    """Everything that was captured, but for what stood on the screens."""
    traces = [
        each for channel in evidence.channels if channel != "pages" for each in evidence.channels[channel]
    ]
    return "\n".join(f"{trace.place}\n{trace.text}" for trace in traces).encode("utf-8", "replace")


def files_of(alias: str) -> Iterator[Path]:
    """The database with its write-ahead log or journal."""
    file = Path(str(connections[alias].settings_dict["NAME"]))
    return file.parent.glob(f"{file.name}*")


def bytes_of(alias: str) -> bytes:
    return b"".join(file.read_bytes() for file in files_of(alias))


def occurs(value: bytes, place: bytes) -> bool:
    return any(spelling in place for spelling in spellings(value))


def sealed() -> list[bytes]:
    """Every value that only the vault may hold."""
    values = [value for row in Link.objects.values_list("seal", "thread_tag", "list_tag") for value in row]
    return [bytes(value) for value in [*values, *Rate.objects.values_list("bucket", flat=True)]]


def secrets() -> list[bytes]:
    ring = json.loads((KEYS / "anon-keyring.json").read_text())
    return [base64.b64decode(key["secret"]) for key in ring["keys"].values()]


def code_spellings() -> set[bytes]:
    """The code of the thread without a link, in every spelling but the hash that the persona keeps."""
    raw = base64.b32decode(f"{RETURN_CODE}======")
    grouped = {separator.join(return_code.groups(RETURN_CODE)).encode() for separator in ("", " ", "-")}
    return {*grouped, *(each.lower() for each in grouped), *spellings(raw)} - spellings_of_hash(raw)


def spellings_of_hash(raw: bytes) -> set[bytes]:
    digest = hashlib.sha256(raw).digest()
    return {digest, digest.hex().encode()}


def check_captured(captured: bytes) -> None:
    assert not any(spelling in captured for spelling in code_spellings())
    assert len(sealed()) > 10
    for value in [*sealed(), *secrets()]:
        assert not occurs(value, captured)
    for account in Account.objects.all():
        reference = bytes(account.anon_ref)
        assert captured.count(reference.hex().encode()) == 1  # the account's own row
        assert not any(spelling in captured for spelling in spellings(reference) - {reference.hex().encode()})


def check_files() -> None:
    main, vault = bytes_of("default"), bytes_of("vault")
    assert not any(spelling in main + vault for spelling in code_spellings())
    for value in [*sealed(), *secrets()]:
        assert not occurs(value, main)
    assert all(value in vault for value in sealed())
    for secret in secrets():
        assert not occurs(secret, vault)
    for account in Account.objects.all():
        reference = bytes(account.anon_ref)
        assert not any(spelling in main for spelling in spellings(reference) - {reference})
        for value in (reference, account.email.encode(), account.display_name.encode()):
            # Less than that stands somewhere in kilobytes of seals.
            assert len(value) < 5 or not occurs(value, vault)
