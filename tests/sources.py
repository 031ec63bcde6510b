"""The board's own code as syntax trees, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@cache  # a second for all of them, and many tests ask
def tree_of(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file in or below `folders`, by its name below ROOT."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            yield file, tree_of(file)
