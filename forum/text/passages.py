"""Passages that are to be taken out of texts for good: found as whole words, whatever the case."""

import re

MARK = "[removed]"
SHORTEST = 3  # letters; what is shorter stands in too many words


class Passages:
    """One passage for each line that holds any words."""

    def __init__(self, lines: str) -> None:
        self.each = [words for line in lines.splitlines() if (words := " ".join(line.split()))]
        # Between two words a text may end its line, also within a quotation.
        patterns = (r"[\s>]+".join(map(re.escape, words.split())) for words in self.each)
        longest_first = sorted(patterns, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self.each)

    def count(self, text: str) -> int:
        """How often they stand in `text`."""
        return len(self._pattern.findall(text)) if self else 0

    def taken_from(self, text: str) -> str:
        """`text` with a mark in the place of each."""
        return self._pattern.sub(MARK, text) if self else text
