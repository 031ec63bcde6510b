"""A table as a file for a spreadsheet."""

import csv
from io import StringIO
from typing import Any

from moderation.insight.tables import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table) -> str:
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(table.columns)
    writer.writerows([cell(value) for value in row] for row in table.rows)
    return lines.getvalue()


def cell(value: Any) -> Any:
    """A member chooses their name: one that begins like a formula must not be run as one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
