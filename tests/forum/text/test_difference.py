"""The difference between two texts: what is read of it gives back both, and it costs no minute."""

import pytest

from forum.text.difference import MOST_WORDS, difference

HARD = " ".join(str(number % 101) for number in range(MOST_WORDS * 2))  # every word a hundred times and more
HARDER = " ".join(str(number * 7 % 101) for number in range(MOST_WORDS * 2))


def sides(before: str, after: str) -> tuple[str, str]:
    parts = difference(before, after)
    return (
        "".join(part.words for part in parts if part.what != "added"),
        "".join(part.words for part in parts if part.what != "removed"),
    )


def test_it_tells_word_by_word_what_was_removed_and_added():
    parts = difference(
        "I met her at the climbing gym.\n\nShe said hello.", "I met her there.\n\nShe said hello."
    )
    assert parts == [
        ("same", "I met her"),
        ("removed", " at the climbing gym."),
        ("added", " there."),
        ("same", "\n\nShe said hello."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "Something"),
        ("Something", ""),
        ("One two three", "Three two one"),
        ("One\ntwo", "One  two\n"),
        (" leading", "trailing "),
        ("- a\n- b\n\n> c", "- a\n\n> c\n- b"),
        (HARD, HARDER),
        (f"{HARD}\n{HARD}", f"{HARD}\n{HARDER}"),
    ],
)
def test_both_texts_can_be_read_from_it(before, after):
    assert sides(before, after)[1] == after
    assert sides(before, after)[0].split() == before.split()


def test_the_same_text_differs_in_nothing():
    assert {part.what for part in difference(HARD, HARD)} == {"same"}


def test_very_many_words_are_compared_by_lines():
    changed = [part for part in difference(f"{HARD}\n{HARD}\n", f"{HARD}\n{HARDER}\n") if part.what != "same"]
    assert changed == [("removed", f"{HARD}\n"), ("added", f"{HARDER}\n")]
