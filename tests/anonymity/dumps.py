"""The vault's rows as a backup holds them, and the day on which tests of rotation begin."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from anonymity.models import Block, KeyCheck, Link, Rate

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
TABLES = (Link, Block, Rate, KeyCheck)


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


def dump(*models) -> dict[type, list[tuple]]:
    return {model: [plain(row) for row in model.objects.values_list()] for model in models or TABLES}


def plain(row: Iterable) -> tuple:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def restore(dumped: dict[type, list[tuple]]) -> None:
    for model, rows_of in dumped.items():
        names = [field.attname for field in model._meta.concrete_fields]
        model.objects.all().delete()
        model.objects.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows_of])
