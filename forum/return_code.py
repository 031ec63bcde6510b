"""The code that leads its holder back to a thread without a link: shown once, kept by nobody but them.

128 random bits, so it needs neither a slow hash nor a limit of attempts. The database holds its SHA-256.
"""

import re
import secrets
from base64 import b32decode, b32encode
from hashlib import sha256

BYTES = 16
SHAPE = re.compile(r"[A-Z2-7]{26}")
BETWEEN = re.compile(r"[\s.\-\u2010-\u2015]+")  # how people and word processors part the groups
MISREAD = str.maketrans("018", "OIB")  # no code holds these three
GROUP = 4


def new() -> str:
    return spelled(secrets.token_bytes(BYTES))


def spelled(code: bytes) -> str:
    return b32encode(code).decode().rstrip("=")


def groups(code: str) -> list[str]:
    """The code as it is printed, copied and read aloud."""
    return [code[start : start + GROUP] for start in range(0, len(code), GROUP)]


def read(typed: str) -> str:
    """The code that somebody typed, in its one spelling; empty when it has not the form of one."""
    letters = BETWEEN.sub("", typed).upper().translate(MISREAD)
    return spelled(b32decode(f"{letters}======")) if SHAPE.fullmatch(letters) else ""


def digest(code: str) -> bytes:
    """What the database keeps of a code."""
    return sha256(b32decode(f"{code}======")).digest()
