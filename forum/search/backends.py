"""Which module speaks the search language of the database the board runs on."""

from types import ModuleType

from django.db import connection

from forum.search import fts5, postgres


def backend() -> ModuleType:
    return {"sqlite": fts5, "postgresql": postgres}[connection.vendor]
