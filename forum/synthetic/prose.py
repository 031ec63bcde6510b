"""Writes synthetic titles and texts: as long as real ones, with words as unevenly spread as in real ones."""

from itertools import accumulate, cycle
from random import Random
from typing import NamedTuple

from forum.synthetic import words
from forum.text.markdown import render

QUESTION_LENGTH = (600, 2300)
REPLY_LENGTH = (300, 1300)
WITH_LIST = 0.12  # of the texts; most that people type is plain paragraphs
SENTENCES_IN_PARAGRAPH = 4
LABEL = "Synthetic text, made for measurements."


class Text(NamedTuple):
    body: str
    html: str


class Skewed:
    """Choices of which the n-th is taken 1/n as often as the first (Zipf)."""

    def __init__(self, choices: list) -> None:
        self.choices = choices
        self.weights = list(accumulate(1 / rank for rank in range(1, len(choices) + 1)))

    def pick(self, rng: Random):
        return rng.choices(self.choices, cum_weights=self.weights)[0]


class Filled(dict):
    """The slots of one sentence, each filled when the template asks for it."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def __missing__(self, slot: str) -> str:
        name, _, capital = slot.partition("_")
        filling = SLOTS[name].pick(self.rng)
        return filling[0].upper() + filling[1:] if capital else filling


def _slots() -> dict[str, Skewed]:
    filled = {name: _choices(text) for name, text in words.SLOTS.items()}
    starts = _choices(words.TOWN_STARTS)
    filled["town"] = [start + end for end in _choices(words.TOWN_ENDS) for start in starts]
    kinds = _choices(words.TOOL_KINDS)
    filled["tool"] = [f"{town} {kind}" for town in filled["town"] for kind in kinds]
    return {name: Skewed(choices) for name, choices in filled.items()}


def _choices(text: str) -> list[str]:
    return [each.strip() for each in text.split("|")]


SLOTS = _slots()
# Rendered once for all: the parser would take longer than everything else together.
LISTS = [(source, str(render(source))) for source in words.LISTS]


def title(rng: Random) -> str:
    sentence = rng.choice(words.TITLES).format_map(Filled(rng))
    return f"{sentence[:130].rstrip()} (synthetic)"


def asking(rng: Random) -> str:
    return rng.choice(words.ASKING).format_map(Filled(rng))


def question(rng: Random) -> Text:
    return _text(rng, QUESTION_LENGTH, [words.OPENINGS], words.STORY, words.ASKING)


def consultation(rng: Random) -> Text:
    return _text(rng, REPLY_LENGTH, [], words.ADVICE, [LABEL])


def clarification(rng: Random) -> Text:
    return _text(rng, REPLY_LENGTH, [words.FACTS, words.FACTS], words.STORY, [LABEL])


def update(rng: Random) -> Text:
    return _text(rng, REPLY_LENGTH, [words.HOW_IT_WENT], words.ADVICE, [LABEL])


def _text(rng: Random, lengths: tuple[int, int], first: list[list[str]], then: list[str], last: list[str]):
    """A text of a length between both of `lengths`, short ones being commoner."""
    shortest, longest = lengths
    room = shortest + (longest - shortest) * rng.random() ** 2
    filled = Filled(rng)
    sentences = [rng.choice(templates).format_map(filled) for templates in first]
    closing = rng.choice(last).format_map(filled)
    length = len(closing) + sum(map(len, sentences))
    for template in cycle(rng.sample(then, len(then))):
        if length >= room:
            break
        sentences.append(template.format_map(filled))
        length += len(sentences[-1]) + 1
    return _laid_out(rng, [*sentences, closing])


def _laid_out(rng: Random, sentences: list[str]) -> Text:
    size = SENTENCES_IN_PARAGRAPH
    paragraphs = [" ".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
    body = "\n\n".join(paragraphs)
    html = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)  # what `render` makes of plain text
    if rng.random() < WITH_LIST:
        source, rendered = rng.choice(LISTS)
        body, html = f"{body}\n\n{source}", html + rendered
    return Text(body, html)
