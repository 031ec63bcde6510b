"""The one renderer: Markdown source in, HTML that is safe to show out.

`render` is called when a text is saved, and for previews; pages, feeds and the API show what it
stored. `trusted` marks stored HTML for a template (the `body` filter calls it), so that no template
ever says `|safe`. No other module turns source into HTML or calls `mark_safe`.

What a reader sees is what a moderator read in the source: raw HTML, character entities and link
definitions stay text, a picture becomes its words, nothing is dropped however deep it is nested.
Only the title of a link and the language of a code block are left out.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from threading import Lock

from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_inline.linkify import linkify

from forum.text.normalise import clean_text

RENDERER_VERSION = 1  # raise it when the same source would render differently: stored HTML is then stale
LONGEST_SOURCE = 20_000
DEEPEST = 12  # levels of quotes and lists; a marker below that is shown as typed

TAGS = frozenset(
    ("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "h3", "h4")
)
OUTSIDE_REL = "nofollow ugc noopener noreferrer"

_SAFE_ADDRESS = re.compile(r"https?://[^/\\?#]|mailto:[^/\\]|/(?![/\\])|#", re.IGNORECASE)
_UNSEEN = re.compile("[\\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_OUTSIDE = re.compile("https?:", re.IGNORECASE)


def render(source: str) -> SafeString:
    """`source` as HTML. ValueError with words for the writer when it is too long."""
    if len(source) > LONGEST_SOURCE:
        raise ValueError(f"This text has {len(source):,} characters; the limit is {LONGEST_SOURCE:,}.")
    source = clean_text(source)
    if not _MARKUP.search(source):
        return trusted(_paragraphs(source))
    with _one_at_a_time:
        return trusted(_cleaner.clean(_markdown.render(source)))  # cleaned last: nothing adds to it


def trusted(html: str) -> SafeString:
    """HTML that `render` made, marked so that a template shows it as it is."""
    return mark_safe(html)  # noqa: S308


def is_safe_address(href: str) -> bool:
    """Whether a link may lead there: http, https, mailto, a path of this site or a place on the page.

    Bleach alone lets `javascript:123` pass, as host and port. A browser reads `/\\host` as `//host`
    and skips tabs and line ends, hence no backslash and nothing unseen.
    """
    return bool(_SAFE_ADDRESS.match(href)) and not _UNSEEN.search(href)


# Most texts are plain paragraphs, which need neither parser nor cleaner: ten times faster, same HTML
# (a property test compares the two). Anything that could mean more in Markdown is refused here.
_MARKUP = re.compile(r"[\\`*_\[\]<>&]|://|mailto:|^[^\w\n\"'(]|^\d", re.MULTILINE | re.IGNORECASE)


def _paragraphs(plain: str) -> str:
    paragraphs = [text for text in re.split(r"\n{2,}", plain.replace('"', "&quot;")) if text]
    return "".join("<p>" + text.replace("\n", "<br>\n") + "</p>\n" for text in paragraphs)


def _disown_outside_links(source: Iterable[dict]) -> Iterator[dict]:
    """Says of every link that leaves the site that we do not vouch for it and tell it nothing."""
    for token in source:
        is_link = token["type"] == "StartTag" and token["name"] == "a"
        if is_link and _OUTSIDE.match(token["data"].get((None, "href"), "")):
            token["data"][None, "rel"] = OUTSIDE_REL
        yield token


def _may_have(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "a", "href":
            # As written and as decoded: which entities are decoded is not for bleach alone to say.
            return is_safe_address(value) and is_safe_address(unescape(value))
        case "ol", "start":
            return value.isascii() and value.isdigit()
    return False


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return is_safe_address(url)

    def normalizeLinkText(self, link: str) -> str:
        return link  # as typed: decoded, xn--80ak6aa92e.com passes for apple.com


def _new_markdown() -> MarkdownIt:
    """CommonMark without raw HTML, entities and link definitions, all of which hide text from a reader."""
    md = _Markdown("commonmark", {"html": False, "linkify": True, "breaks": True, "xhtmlOut": False})
    md.enable("linkify").disable(["entity", "reference", "html_block", "html_inline"])
    # Whole addresses only: "she told me.It was late" names no site in Italy.
    md.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    md.linkify.add("ftp:", None).add("//", None)
    md.add_render_rule("image", _image_in_words)
    md.core.ruler.push("demote_headings", _demote_headings)
    for rule in md.block.ruler.__rules__:
        if rule.name in ("blockquote", "list"):
            rule.fn = _not_too_deep(rule.fn)
    md.inline.ruler.at("linkify", _linkify_web)
    return md


def _image_in_words(renderer, tokens, index, options, env) -> str:
    """A picture would tell its host who reads; its description, or else its address, says what was meant."""
    image = tokens[index]
    return escapeHtml(renderer.renderInlineAsText(image.children, options, env) or image.attrs["src"])


def _demote_headings(state) -> None:
    """h3, and h4 under it: the page's own headings are above, and no level is left out."""
    top = 6
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            level = int(token.tag[1])
            top = min(top, level)
            token.tag = "h3" if level == top else "h4"


def _not_too_deep(rule):
    """`rule`, which leaves deeper markers to the paragraph rule. The parser itself would drop the text."""

    def shallow(state, start, end, silent):
        return state.level < DEEPEST and rule(state, start, end, silent)

    return shallow


def _linkify_web(state, silent) -> bool:
    """The library's rule looks back over the whole text at every `://`: seconds for a text full of them."""
    scheme = state.src[max(0, state.pos - 5) : state.pos].lower()
    return scheme.endswith(("http", "https")) and linkify(state, silent)


_markdown = _new_markdown()
_cleaner = Cleaner(
    tags=TAGS,
    attributes=_may_have,
    protocols={"http", "https", "mailto"},
    filters=[_disown_outside_links],  # type: ignore[list-item]  # tokens in, tokens out will do
)
# Both keep the text they work on in themselves: two threads at once would mix two writers' words.
_one_at_a_time = Lock()
