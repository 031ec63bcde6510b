"""No text gets an element, attribute or address onto the page that is not on the list."""

import json
import re
from pathlib import Path

import bleach
import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from forum.text import markdown
from forum.text.markdown import render

pytestmark = pytest.mark.embedded

XSS = json.loads(Path(__file__).with_name("xss.json").read_text())
# Written out again rather than imported: a list that grows by mistake must not grow here too.
ALLOWED = {
    **{
        tag: set()
        for tag in ("p", "br", "strong", "em", "ul", "li", "blockquote", "code", "pre", "hr", "h3", "h4")
    },
    "a": {"href", "rel"},
    "ol": {"start"},
}
OUTSIDE = {"rel": "nofollow ugc noopener noreferrer"}
XHTML = "{http://www.w3.org/1999/xhtml}"


def elements(html: str) -> list:
    """Every element that a browser would make of `html`, but the document's own three."""
    document = html5lib.parse(f"<!doctype html><title>t</title><body>{html}", namespaceHTMLElements=True)
    return [found for found in document.find(f"{XHTML}body").iter() if found.tag != f"{XHTML}body"]


def faults(html: str) -> list[str]:
    found = []
    for element in elements(html):
        tag = element.tag.removeprefix(XHTML) if isinstance(element.tag, str) else "comment"
        attributes = dict(element.attrib)
        if tag not in ALLOWED or not set(attributes) <= ALLOWED[tag]:
            found.append(f"<{tag} {attributes}>")
        href = attributes.pop("href", "#")
        if not re.fullmatch(r"https?://[^\s/\\?#]\S*|mailto:\S+|/(?![/\\])\S*|#\S*", href):
            found.append(f"leads to {href!r}")
        if tag == "a" and attributes != (OUTSIDE if href.startswith("http") else {}):
            found.append(f"{href} with {attributes}")
    return found


def test_the_corpus_is_large_and_says_nothing_twice():
    assert len(XSS) == len(set(XSS)) >= 150


@pytest.mark.parametrize(
    "wrapping", ["{}", "a {} b", "> {}", "- {}", "**{}**", "[{}](https://a.example)", "# {}"]
)
def test_hostile_text_stays_text(wrapping):
    rendered = {source: render(wrapping.format(source)) for source in XSS}
    assert {source: found for source, html in rendered.items() if (found := faults(html))} == {}


@pytest.mark.parametrize("times", [2, 100])
def test_repeating_a_hostile_text_does_not_wear_the_cleaner_down(times):
    repeated = [(source * times)[:8000] for source in XSS]
    assert [source for source in repeated if faults(render(source))] == []


def test_the_cleaner_alone_would_hold_if_the_parser_let_everything_pass(monkeypatch):
    class Gullible(MarkdownIt):
        def validateLink(self, url):
            return True

    monkeypatch.setattr(markdown, "_markdown", Gullible("commonmark", {"html": True}))
    assert render("<em>x</em>") == "<p><em>x</em></p>\n", "the strict parser would show the tags"
    assert {source: found for source in XSS if (found := faults(render(source)))} == {}


def test_all_hostile_texts_together_stay_text():
    together = "\n".join(XSS)
    assert faults(render(together)) == []
    assert faults(render(together.replace("\n", " "))) == []


@pytest.mark.parametrize("source", XSS)
def test_what_is_rendered_does_not_change_when_read_and_cleaned_again(source):
    html = render(source)
    again = bleach.clean(
        html,
        tags=set(ALLOWED),
        attributes={"a": ["href", "rel"], "ol": ["start"]},
        protocols={"http", "https", "mailto"},
    )
    assert again == html
    written = html5lib.serialize(
        html5lib.parseFragment(html), omit_optional_tags=False, quote_attr_values="always"
    )
    assert [(found.tag, found.attrib) for found in elements(written)] == [
        (found.tag, found.attrib) for found in elements(html)
    ]


def test_the_faults_are_found_that_the_tests_above_look_for():
    for html in (
        "<img src=x>",
        "<p id=x>",
        "<a href='javascript:1'>",
        "<a href='https://a.example'>",
        "<!-- -->",
        "<a href='//a.example'>",
        "<svg></svg>",
        "<p onclick=x>",
        "<a href='/\\a.example'>",
    ):
        assert faults(html), html


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        '"',
        "'",
        "`",
        "=",
        "[",
        "]",
        "(",
        ")",
        "!",
        "](",
        "<!--",
        "-->",
        "</",
        "/>",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "\\",
        "*",
        "_",
        "#",
        "> ",
        "- ",
        "1. ",
        "```\n",
        ":",
        "//",
        "@",
        "&#",
        ";",
        "\0",
        "\u202e",
        "\u200b",
        "script",
        "svg",
        "style",
        "onload=",
        "href=",
        "javascript:",
        "data:",
        "https://",
        "http://a.example/",
        "mailto:",
        "x",
        "%0a",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(st.characters(), max_size=80)))
def test_nothing_that_can_be_typed_gets_through_or_fails(source):
    assert faults(render(source)) == []
