"""The first words of a rendered text, as plain text for lists, feeds and mail."""

import re
from html import unescape

_TAG = re.compile(r"</?([a-z][a-z0-9]*)[^<>]*>")
_INLINE = {"a", "strong", "em", "code"}


def excerpt(html: str, length: int = 280) -> str:
    """At most `length` characters of what `render` made, cut after a word; a template has to escape it."""
    words = " ".join(plain(html).split())
    if len(words) <= length:
        return words
    room = words[:length]
    cut = room.rpartition(" ")[0] or room[:-1]
    return cut.rstrip(" ,;:-([\"'") + "…"


def plain(html: str) -> str:
    """What `render` made without its tags; what stood on lines of its own still does."""
    return unescape(_TAG.sub(lambda tag: "" if tag[1] in _INLINE else "\n", html))
