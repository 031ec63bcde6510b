"""The last night in which PostgreSQL numbered the rows anew: see `forum/rows.py`."""

from django.db import models


class Rewrite(models.Model):
    """One row, or none before the first night and on SQLite."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.BigIntegerField()  # the lowest transaction that was still open when it began
    number = models.BigIntegerField()  # its own transaction

    def __str__(self) -> str:
        return f"rewrite {self.number}"
