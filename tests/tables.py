"""Looks at whole tables, for tests about what a deed leaves behind."""

from collections import Counter

from django.apps import apps
from django.db import connection


def rows() -> Counter[str]:
    """How many rows each table of the main database has."""
    models = [model for model in apps.get_models() if model._meta.app_label != "anonymity"]
    return Counter({model._meta.label: model._base_manager.count() for model in models})


def dump() -> dict[str, set[tuple]]:
    """Every row of the main database, as a thief copies it."""
    with connection.cursor() as cursor:
        tables = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            tables[table] = {tuple(map(repr, map(plain, row))) for row in cursor.fetchall()}
        return tables


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
