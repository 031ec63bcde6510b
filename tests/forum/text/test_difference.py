"""The difference between two texts: what is read of it gives back both, and it costs no minute."""

import pytest

from forum.text.difference import MOST, difference

HARD = " ".join(str(number % 101) for number in range(MOST * 8))  # every word many times
HARDER = " ".join(str(number * 7 % 101) for number in range(MOST * 8))


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


def test_very_many_words_of_one_line_are_one_change_from_the_first_to_the_last():
    parts = difference(f"{HARD}\n{HARD} end\n", f"{HARD}\n{HARDER} end\n")
    assert [part.what for part in parts] == ["same", "removed", "added", "same"]
    assert parts[0].words.startswith(f"{HARD}\n0")
    assert parts[3].words == " end\n"


LETTERS = [chr(0x4E00 + number % 50) for number in range(MOST * 2)]  # each of them again and again
WORST = [[f"{letter}{end}{number}{end}" for number, letter in enumerate(LETTERS)] for end in ("\n", ".\n")]


def test_what_no_two_sentences_share_is_not_searched_for_a_word_in_common():
    """It was, for half a minute: the same letters over and over, and between them what one text has alone."""
    before, after = ("".join(each) for each in WORST)
    assert sides(before, after) == (before, after)
    assert len(difference(before, after)) < 9


def test_a_word_here_and_there_in_a_long_text_is_all_that_changed():
    sentences = [f"Sentence {number} says what it says." for number in range(MOST - 2)]
    before, after = (
        " ".join([first, *sentences, last]) for first, last in (("One.", "End."), ("Two.", "Fin."))
    )
    changed = [part.words.strip() for part in difference(before, after) if part.what != "same"]
    assert changed == ["One.", "Two.", "End.", "Fin."]
