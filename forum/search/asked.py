"""What `find` asks of a database's backend: one page of threads, each with its best post."""

from dataclasses import dataclass

from forum.search.terms import Term

MARKS = (
    "\x02",
    "\x03",
)  # around found words in a snippet; in no text, `terms` and `text.normalise` drop them


@dataclass(frozen=True)
class Asked:
    terms: list[Term]
    any_term: bool  # or all of them, in one post
    threads: str  # SQL by Django that asks whether `entry.thread_id` is a thread to be searched
    values: tuple  # its parameters
    few_under: int | None  # a tag that all those threads have, when few threads have it
    pool: int  # the newest matches, among which the best are looked for
    newest: int  # the last entry when the reader opened the first page
    offset: int
    size: int
