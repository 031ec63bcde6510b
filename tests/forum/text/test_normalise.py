"""What typed text is stored as: nothing unseen in it, and nothing that tells keyboards apart."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.text.normalise import clean_for_persona, clean_line, clean_text

pytestmark = pytest.mark.embedded

NAUGHTY = json.loads(Path(__file__).with_name("naughty.json").read_text())
CLEANERS = [clean_line, clean_text, clean_for_persona]
EMOJI_JOINERS = {"\u200d", "\ufe0f"}


def unseen(text: str) -> set[str]:
    """What Unicode calls control, format, private or half a character, and the invisible letters."""
    kinds = {found for found in text if unicodedata.category(found) in ("Cc", "Cf", "Co", "Cs")}
    letters = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | set(map(chr, range(0xFE00, 0xFE10)))
    # Signs of Arabic, Syriac and Kaithi that are drawn, although Unicode calls them format.
    drawn = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
    drawn |= set(map(chr, range(0x13430, 0x13460)))
    return (kinds | letters & set(text)) - drawn


@pytest.mark.parametrize("clean", CLEANERS)
@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_text_comes_out_visible_storable_and_for_good(clean, text):
    cleaned = clean(text)
    assert unseen(cleaned) - {"\n", "\t"} <= EMOJI_JOINERS
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=st.one_of(st.text(max_size=60), st.text(st.sampled_from("".join(sorted(set("".join(NAUGHTY))))))))
@example(text="> \u2014 \u2014 a\n\u2014\n\n\n\n\n- \u2014")
def test_cleaning_twice_changes_nothing_more(clean, text):
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=80))
def test_a_line_is_one_line_without_controls(text):
    line = clean_line(text)
    assert unseen(line) <= EMOJI_JOINERS
    assert line == " ".join(line.split())


@given(st.text(max_size=80))
def test_a_persona_keeps_no_invisible_character_at_all(text):
    assert unseen(clean_for_persona(text)) <= {"\n", "\t"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" A \u202etitle\u202c\r\n in\ttwo  lines ", "A title in two lines"),
        ("Bcc: x@y\r\nSubject: z", "Bcc: x@y Subject: z"),
        ("Jose\u0301", "José"),
        ("\U0001f469\u200d\u2695\ufe0f a\u200db", "\U0001f469\u200d\u2695\ufe0f ab"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("\u200b\u2800\u3164", ""),
    ],
)
def test_a_title_or_a_name_is_one_line_of_plain_text(typed, stored):
    assert clean_line(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("\n\na  \n \t\n\n\n\n\nb\n\n", "a\n\n\nb"),
        ("- a\n    - b\n\tc", "- a\n    - b\n\tc"),
        ("a\u00a0b\u2009c", "a b c"),
        ("\u201cKept\u201d \u2014 as typed\u2026", "\u201cKept\u201d \u2014 as typed\u2026"),
        ("water\u200b\u2060mark\U000e0041", "watermark"),
        ("\u2764\ufe0f \u2764\ufe0e a\ufe0f", "\u2764\ufe0f \u2764 a"),
    ],
)
def test_a_body_keeps_its_lines_and_its_signs(typed, stored):
    assert clean_text(typed) == stored


@pytest.mark.parametrize(
    "variants",
    [
        [
            '"Hi," she said',
            "\u201cHi,\u201d she said",
            "\u201eHi,\u201c she said",
            "\u00abHi,\u00bb she said",
        ],
        ["don't", "don\u2019t", "don\u2018t", "don\u00b4t", "don\u02bct"],
        ["so - then", "so \u2014 then", "so\u2014then", "so \u2013 then", "so -- then", "so \u2015 then"],
        ["10-20 mg", "10\u201320 mg", "10\u201120 mg", "10\u221220 mg"],
        ["wait... no", "wait\u2026 no"],
        ["One. Two.", "One.  Two.", "One.\u00a0Two.", "One.\tTwo.", "One. \u200bTwo."],
        ["file", "\ufb01le", "\uff46\uff49\uff4c\uff45"],
    ],
)
def test_all_keyboards_write_alike_as_a_persona(variants):
    assert {clean_for_persona(variant) for variant in variants} == {variants[0]}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("She left.\n\u2014 J.", "She left.\n-- J."),
        ("She left.\n\u2014\nThen", "She left.\n***\nThen"),
        ("> \u2014 quoted", "> -- quoted"),
        ("1. \u2013 listed", "1. -- listed"),
        ("https://a.example/b--c", "https://a.example/b--c"),
    ],
)
def test_a_long_dash_never_becomes_a_list_or_a_heading(typed, stored):
    assert clean_for_persona(typed) == stored
