"""What Markdown becomes on the page."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from hypothesis import example, given
from hypothesis import strategies as st

from forum.text import markdown
from forum.text.excerpt import plain
from forum.text.markdown import LONGEST_SOURCE, render, trusted

pytestmark = pytest.mark.embedded

REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("", ""),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("One,\ntwo.", "<p>One,<br>\ntwo.</p>\n"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("```python\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
        ("a & b \"c\" 'd'", "<p>a &amp; b &quot;c&quot; 'd'</p>\n"),
    ],
)
def test_plain_markdown_is_understood(source, html):
    assert render(source) == html


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("# a\n## b\n### c\n# d", ["h3", "h4", "h4", "h3"]),
        ("### a\n#### b", ["h3", "h4"]),
        ("## a\n# b\n## c", ["h3", "h3", "h4"]),
        ("a\n===\n\nb\n---", ["h3", "h4"]),
    ],
)
def test_headings_go_under_those_of_the_page_and_leave_no_level_out(source, tags):
    assert [line[1:3] for line in render(source).splitlines()] == tags


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("[x](https://a.example/b?c=1&d=2)", f'<a href="https://a.example/b?c=1&amp;d=2" {REL}>x</a>'),
        ("[x](HTTP://a.example)", f'<a href="HTTP://a.example" {REL}>x</a>'),
        ("https://a.example/b_c_d", f'<a href="https://a.example/b_c_d" {REL}>https://a.example/b_c_d</a>'),
        ("<https://a.example>", f'<a href="https://a.example" {REL}>https://a.example</a>'),
        ("[x](/codes/aca/)", '<a href="/codes/aca/">x</a>'),
        ("[x](#reply)", '<a href="#reply">x</a>'),
        ("[x](mailto:a@b.example)", '<a href="mailto:a@b.example">x</a>'),
    ],
)
def test_a_link_that_leaves_the_site_says_that_we_do_not_vouch_for_it(source, link):
    assert render(source) == f"<p>{link}</p>\n"


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:123)",
        "[x](//evil.example)",
        "[x](ftp://a.example)",
        "[x](page)",
        "[x](https:a.example)",
    ],
)
def test_a_link_that_may_not_be_followed_stays_as_typed(source):
    assert render(source) == f"<p>{source}</p>\n"


@pytest.mark.parametrize(
    "words", ["She told me.It was late", "a.b@c.example", "see www.a.example", "//a.example"]
)
def test_only_a_whole_address_becomes_a_link(words):
    assert render(words) == f"<p>{words}</p>\n"


def test_the_address_of_a_link_reads_as_typed_so_that_no_lookalike_passes_for_another():
    assert ">http://xn--80ak6aa92e.com<" in render("http://xn--80ak6aa92e.com")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("![a *plan*](https://i.example/x.png)", "a plan"),
        ("![](https://i.example/x.png)", "https://i.example/x.png"),
        ('!["><b>](https://i.example/x.png)', "&quot;&gt;&lt;b&gt;"),
    ],
)
def test_a_picture_becomes_its_words(source, words):
    assert render(source) == f"<p>{words}</p>\n"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>x</b> <!-- y -->", "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>\n"),
        ("&lt;b&gt; &#x202e; &amp;amp;", "<p>&amp;lt;b&amp;gt; &amp;#x202e; &amp;amp;amp;</p>\n"),
        ("[Monday]: she", "<p>[Monday]: she</p>\n"),
        ("{{ 7*7 }}{% load static %}", "<p>{{ 7*7 }}{% load static %}</p>\n"),
    ],
)
def test_what_is_not_our_markdown_is_shown_as_typed(source, html):
    assert render(source) == html


@pytest.mark.parametrize("marker", ["> ", "- ", "1. ", "> - ", "- > 1. "])
def test_nesting_without_end_loses_no_text(marker):
    source = marker * 200 + "the last words"
    html = render(source)
    assert "the last words" in html
    assert html.count("<blockquote>") + 2 * html.count("<li>") <= markdown.DEEPEST + 2
    indented = "\n".join("  " * depth + f"- word{depth}" for depth in range(60))
    assert [f"word{depth}" for depth in range(60) if f"word{depth}" not in render(indented)] == []


def test_a_text_that_is_too_long_is_refused_in_words_before_any_work():
    render("a" * LONGEST_SOURCE)
    with pytest.raises(ValueError, match=r"20,001 characters; the limit is 20,000\.$"):
        render("a" * (LONGEST_SOURCE + 1))


BOMBS = [
    *(
        ">",
        "[",
        "![",
        "[a](",
        "[a](/b)",
        "](",
        "[*",
        "[<",
        "`[",
        "*",
        "**a",
        "*a **a ",
        "_a ",
        "*a _b ",
        "`",
        "`a",
    ),
    *(
        "<",
        "<a",
        "<http:",
        "x://",
        "http://",
        "http://a.b/(",
        "mailto:",
        "& ",
        "\\",
        "-",
        "-\n",
        "# a\n",
        "~~~\n",
    ),
    *("> - ", "- a\n\n  - b\n", "\n", " a"),
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_the_cost_of_a_text_grows_with_its_length_and_no_faster(bomb):
    """Counted in calls, which a busy machine can't change. A bomb costs a power of its length."""
    short, long = (calls_made(lambda n=n: render((bomb * n)[:n])) for n in (500, 2_000))
    assert long < 5 * short


def calls_made(act) -> int:
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


WORDS = st.text(st.sampled_from("ab1. ,:;-'\"(!?/\n\n#+=|~é“—@%$^"), max_size=60)


@given(WORDS)
@example("a\n\n\nb")
@example("told me.It was\n'so' (she) said: \"no\"")
def test_the_short_way_for_plain_paragraphs_gives_the_same_html(source):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_MARKUP", markdown.re.compile(""))  # everything takes the long way
        long_way = render(source)
    assert render(source) == long_way


@given(
    st.lists(
        st.sampled_from(["one", "two", "\n", "\n\n", " ", "> ", "- ", "1. ", "# ", "*", "_", "["]),
        max_size=40,
    )
)
def test_no_word_gets_lost(pieces):
    source = "".join(pieces)
    shown = plain(render(source))
    assert (shown.count("one"), shown.count("two")) == (source.count("one"), source.count("two"))


def test_texts_rendered_at_the_same_time_do_not_mix():
    sources = [f"*word{number}* " * 40 for number in range(24)]
    alone = [render(source) for source in sources]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, sources * 3)) == alone * 3


def test_a_template_shows_rendered_text_without_being_told_that_it_is_safe():
    template = Template("{{ html }}")
    assert isinstance(render("*a*"), SafeString)
    assert template.render(Context({"html": render("*a*")})) == "<p><em>a</em></p>\n"
    stored = str.__str__(render("*a*"))
    assert template.render(Context({"html": trusted(stored)})) == "<p><em>a</em></p>\n"
