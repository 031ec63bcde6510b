"""The first words of a text, wherever only those fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text.excerpt import excerpt
from forum.text.markdown import render

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", ""),
        ("Short.", "Short."),
        ("# Why\n\n*Two* **words**,\nand `code`.", "Why Two words, and code."),
        ("- a\n- b\n\n> c", "a b c"),
        ("[a link](https://a.example) & <b>tag</b>", "a link & <b>tag</b>"),
        ("a*b*c", "abc"),
        ("&amp; 2 < 3 > 1", "&amp; 2 < 3 > 1"),
    ],
)
def test_an_excerpt_is_the_text_without_its_markup(source, words):
    assert excerpt(render(source)) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (100, "One two, three."),
        (15, "One two, three."),
        (14, "One two…"),
        (9, "One two…"),
        (7, "One…"),
        (2, "O…"),
    ],
)
def test_a_long_text_is_cut_after_a_word(length, words):
    assert excerpt(render("One two, three."), length) == words


@given(st.text(max_size=200), st.integers(min_value=2, max_value=60))
def test_an_excerpt_fits_and_is_one_line(source, length):
    words = excerpt(render(source), length)
    assert len(words) <= length
    assert words == " ".join(words.split())
