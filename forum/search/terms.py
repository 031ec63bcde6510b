"""What a reader typed into the search box, as terms that no database can take for its own syntax."""

import re
from dataclasses import dataclass

LONGEST = 200  # characters of a query that are read
MOST = 12  # terms

_PIECE = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# Words that are in nearly every post. PostgreSQL leaves them out by itself; FTS5 would read a million rows.
_STOP_WORDS = """
    a about after all am an and any are as at be because been before being between both but by can did do
    does doing during each few for from further had has have having he her here hers him his how i if in
    into is it its just me more most my no nor not of off on once only or other our out over own s same she
    should so some such t than that the their them then there these they this those through to too under
    until up very was we were what when where which while who whom why will with you your
"""
_STOPPED = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True)
class Term:
    """A word, or several that stand next to each other."""

    text: str
    is_phrase: bool
    is_prefix: bool = False
    is_excluded: bool = False


def parse(typed: str) -> list[Term]:
    """The terms of a query; [] when it names nothing to be found.

    Quoted words are one term, `-term` is not wanted, and the last word may be unfinished.
    """
    typed = _UNSEEN.sub(" ", typed)[:LONGEST]
    terms = []
    for piece in list(_PIECE.finditer(typed))[:MOST]:
        minus, quoted, bare = piece.groups()
        text = bare if quoted is None else quoted
        words = _WORD.findall(text)
        if not words or all(word.lower() in _STOPPED for word in words):
            continue
        unfinished = quoted is None and not minus and piece.end() == len(typed) and words == [text]
        terms.append(Term(text, len(words) > 1, unfinished and len(text) > 2, bool(minus)))
    return terms if any(not term.is_excluded for term in terms) else []
