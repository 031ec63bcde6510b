"""Passages: whole words, whatever the case, across the ends of lines, and nothing beside them."""

import pytest

from forum.text.passages import Passages


@pytest.mark.parametrize(
    ("lines", "text", "left"),
    [
        (
            "Ann",
            "Ann met ANN, not Anniversary or Joann.",
            "[removed] met [removed], not Anniversary or Joann.",
        ),
        ("Jane Doe", "> Jane\n> Doe came", "> [removed] came"),
        ("Jane\n\nJane Doe", "Jane Doe and Jane", "[removed] and [removed]"),
        ("(a+b)*", "so (a+b)* it was, aab", "so [removed] it was, aab"),
        ("Łódź", "in łódź", "in [removed]"),
        (" \n", "nothing goes", "nothing goes"),
    ],
)
def test_what_is_taken_out(lines, text, left):
    passages = Passages(lines)
    assert passages.taken_from(text) == left
    assert passages.count(text) == left.count("[removed]")
    assert passages.taken_from(left) == left
