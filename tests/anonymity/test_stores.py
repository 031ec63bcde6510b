"""Two databases: the vault's tables in one, all others in the other, nothing between them."""

import sqlite3
from contextlib import closing

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from anonymity.models import Link
from config.env import VAULT_PRAGMAS
from config.router import VaultRouter

TABLES = {"vault_link", "vault_block", "vault_rate", "vault_keycheck"}


@pytest.mark.django_db(databases=["default", "vault"])
def test_the_vault_holds_its_own_tables_only():
    assert set(connections["vault"].introspection.table_names()) == TABLES | {"django_migrations"}
    assert not TABLES & set(connections["default"].introspection.table_names())
    assert {app for app, _ in MigrationRecorder(connections["vault"]).applied_migrations()} == {"anonymity"}


@pytest.mark.django_db(databases=["default", "vault"])
def test_the_tables_have_no_column_for_an_account_or_an_instant():
    columns = {
        model._meta.db_table: [field.column for field in model._meta.get_fields()]
        for model in apps.get_app_config("anonymity").get_models()
    }
    assert columns == {
        "vault_link": ["persona", "kid", "seal", "thread_tag", "list_tag"],
        "vault_block": ["tag", "kid", "seal"],
        "vault_rate": ["bucket", "day"],
        "vault_keycheck": ["kid", "mac"],
    }


def test_no_model_points_into_the_vault_or_out_of_it():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model:
                labels = {model._meta.app_label, field.related_model._meta.app_label}
                assert labels == {"anonymity"} or "anonymity" not in labels


def test_no_relation_between_the_databases_is_allowed():
    router = VaultRouter()
    assert router.allow_relation(get_user_model()(), Link()) is False
    assert router.allow_relation(get_user_model()(), get_user_model()()) is None


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_vault_on_sqlite_leaves_no_old_values_behind():
    """Read from the open connection: a misspelt pragma is silently ignored."""
    if connections["vault"].vendor != "sqlite":
        pytest.skip("PostgreSQL has no pragmas")
    in_force = {}
    with connections["vault"].cursor() as cursor:
        for pragma in (
            "journal_mode",
            "secure_delete",
            "synchronous",
            "temp_store",
            "trusted_schema",
            "auto_vacuum",
        ):
            cursor.execute(f"PRAGMA {pragma}")
            in_force[pragma] = cursor.fetchone()[0]
    assert in_force == {
        "journal_mode": "truncate",
        "secure_delete": 1,
        "synchronous": 2,
        "temp_store": 2,
        "trusted_schema": 0,
        "auto_vacuum": 1,
    }


@pytest.mark.embedded
def test_who_only_reads_a_vault_on_sqlite_writes_nothing(tmp_path):
    """A page of each member reads it, and a write would wait for the disk and for other writers."""
    file = tmp_path / "vault.sqlite3"
    with closing(sqlite3.connect(file)) as vault:
        vault.executescript("PRAGMA auto_vacuum=FULL; CREATE TABLE vault_link (persona)")
    before = file.read_bytes()
    with closing(sqlite3.connect(file)) as vault:
        vault.executescript(VAULT_PRAGMAS)
        vault.execute("SELECT persona FROM vault_link")
    assert file.read_bytes() == before


@pytest.mark.django_db(databases=["default", "vault"])
def test_dumpdata_without_a_database_leaves_the_vault_out(capsys, alice):
    call_command("dumpdata", "anonymity", "accounts")
    dumped = capsys.readouterr().out
    assert "anonymity." not in dumped
