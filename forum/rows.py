"""What a database notes of a row by itself: where it stands; PostgreSQL also which transaction wrote it.

Neither is a column, and both are in a copied database. Transaction numbers count up with every deed on the
board, so those of two rows tell what was done together or right after one another (leak 21).
"""

from django.apps import apps
from django.db import connection, models, transaction

from forum.models import Persona, Post, Rewrite, Thread

# By random place, one row after another, since a table keeps the order in which its rows were written.
AGAIN = """
    WITH young AS MATERIALIZED (
        SELECT ctid AS place FROM {table}
        WHERE %s = 0 OR (age(xmin) <= age((%s)::text::xid8::xid) AND xmin <> (%s)::text::xid8::xid)
        ORDER BY random()
    )
    UPDATE {table} SET {key} = {table}.{key} FROM young WHERE {table}.ctid = young.place
"""
VACUUM = "VACUUM {table}"
TO_THE_END = "UPDATE {table} SET rowid = (SELECT max(rowid) + 1 FROM {table}) WHERE {key} = %s"
SETTINGS = {
    "lock_timeout": "500ms",  # shorter than deadlock_timeout: we give up, never a request
    "enable_hashjoin": "off",  # which would not take `young` in its order
    "enable_mergejoin": "off",
}


def rewrite() -> int:
    """Give every row that was touched since the last rewrite one and the same transaction number; how many.

    All tables of the board's deeds: what a persona did, and what was done beside it under a name. No column
    changes and no account's row is written or locked. VACUUM FREEZE would not do: the numbers stay readable.
    OperationalError when a request holds a row too long; then nothing was done, and the next try does all.

    SQLite numbers no transactions, so there is nothing to do there; see `move_to_the_end`.
    """
    if connection.vendor != "postgresql":
        return 0
    models_written = written_by_deeds()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        for setting, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_current_xact_id()::text")
        since, number = map(int, cursor.fetchone())
        last = Rewrite.objects.first()
        if last is None or last.since > since:  # the first one, or restored on a younger server: all rows
            last = Rewrite(since=0, number=0)
        count = 0
        for model in models_written:
            table, key = (connection.ops.quote_name(name) for name in names(model))
            cursor.execute(AGAIN.format(table=table, key=key), [last.since, last.since, last.number])
            count += cursor.rowcount
        # Not below `since`: rows of a transaction that is still open are the next night's.
        Rewrite.objects.all().delete()
        Rewrite.objects.create(since=since, number=number)
    with connection.cursor() as cursor:
        for model in models_written:  # the old versions go, and with them their numbers
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(VACUUM.format(table=table))
    return count


def written_by_deeds() -> list[type[models.Model]]:
    """Every table of the apps that point at a persona or a post. Threads first, as deeds lock them first."""
    owners = {
        model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (Persona, Post)
    }
    found = [
        model for app in owners for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    return sorted(found, key=lambda model: (model is not Thread, model._meta.db_table))


def names(model: type[models.Model]) -> tuple[str, str]:
    key = model._meta.pk
    return model._meta.db_table, key.column or key.name


def move_to_the_end(*published: Thread | Persona | Post) -> None:
    """Let rows that become public stand where one written now would, not where they came in (leak 20).

    On SQLite the hidden rowid is that place, and nothing refers to it. PostgreSQL writes an updated row
    elsewhere anyway, and the nightly rewrite in a random order.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for row in published:
            table, key = (connection.ops.quote_name(name) for name in names(type(row)))
            cursor.execute(TO_THE_END.format(table=table, key=key), [row.pk.hex])
