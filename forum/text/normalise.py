"""Cleaning of typed text before it is stored: what cannot be seen, and what tells keyboards apart.

Each function is idempotent, so a text that goes through a form twice stays as it is.
"""

import re
import unicodedata

# Everything a browser draws as nothing: a paste can carry a watermark in it, or reorder a line.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1, without the line ends
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\ufffc\ufffe\uffff"  # halves, private, no characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
# The two joiners of emoji are kept where they do their work and nowhere else.
_EMOJI = "[©®‼⁉™ℹ\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff〰〽㊗㊙\U0001f000-\U0001faff]"
_STRAY_JOINER = f"(?<!{_EMOJI})\ufe0f|(?<!{_EMOJI})(?<!{_EMOJI}\ufe0f)\u200d|\u200d(?!{_EMOJI})"
_DROPPED = re.compile(f"[{_INVISIBLE}]|{_STRAY_JOINER}")
_DROPPED_FOR_PERSONA = re.compile(f"[{_INVISIBLE}\u200d\ufe0f]")
_ORDINARY = re.compile(r"[\t\n -~]*")  # holds nothing of the above
_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_MANY_BLANK_LINES = re.compile(r"\n{4,}")

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´ʹʻʼˈ‹›", "'"),
        **dict.fromkeys("“”„‟″«»〝〞〟", '"'),
        **dict.fromkeys("‐‑‒−﹘﹣", "-"),
        **dict.fromkeys("–―⸺⸻", "—"),  # one long dash, which _same_dashes then spells out
        "…": "...",
    }
)
_LETTER_FORMS = re.compile("[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]+")
_GAP_IN_LINE = re.compile(r"(?<=\S)[ \t]+(?=\S)")
_LINE_LEAD = r"^([ >]*(?:(?:[-+*]|\d{1,9}[.)]) +)*)"
_DASHES_ALONE = re.compile(_LINE_LEAD + r"—[— ]*$", re.MULTILINE)
_DASH_FIRST = re.compile(_LINE_LEAD + r"—[— ]*", re.MULTILINE)
_DASH_BETWEEN_DIGITS = re.compile(r"(?<=\d) ?—+ ?(?=\d)")
_DASH = re.compile(r" ?—[— ]*")
_TWO_HYPHENS = re.compile(r"""(?<=[\w,;?!"']) -- (?=\S)""")


def clean_line(text: str) -> str:
    """A title, a name or a tag: one line of plain text."""
    return " ".join(_visible(text, _DROPPED).split())


def clean_text(text: str) -> str:
    """A body: lines and indentation stay, at most two blank lines in a row."""
    return _tidy_lines(_visible(text, _DROPPED))


def clean_for_persona(text: str) -> str:
    """A body written as a persona: also the same quotes, dashes, dots and spaces for everybody.

    Curly quotes, a long dash or two spaces after a full stop come from one's keyboard, language
    or word processor, and would follow a writer from post to post.
    """
    text = _visible(text, _DROPPED_FOR_PERSONA)
    text = _LETTER_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _GAP_IN_LINE.sub(" ", text.translate(_STRAIGHT))
    return _tidy_lines(unicodedata.normalize("NFC", _same_dashes(text)))


def _visible(text: str, dropped: re.Pattern) -> str:
    """One kind of line end, one kind of space, nothing unseen, one spelling for each letter."""
    if _ORDINARY.fullmatch(text):
        return text
    text = _ODD_SPACE.sub(" ", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", dropped.sub("", text))


def _tidy_lines(text: str) -> str:
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n\n", lines).strip("\n")


def _same_dashes(text: str) -> str:
    """Long dashes as typed on a plain keyboard, but never as what Markdown takes for a list or heading."""
    text = _DASHES_ALONE.sub(r"\1***", text)
    text = _DASH_FIRST.sub(r"\1-- ", text)
    text = _DASH_BETWEEN_DIGITS.sub("-", text)
    return _TWO_HYPHENS.sub(" - ", _DASH.sub(" - ", text))
