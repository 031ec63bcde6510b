"""A vault that hangs costs a request some seconds: its text is kept, and no page waits for ever."""

import os
import socket
import time

import psycopg
import pytest
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper

from config import env, postgres

GENEROUS = 30  # seconds, on a machine that is busy


@pytest.mark.django_db
def test_a_postgresql_that_accepts_and_never_answers_is_given_up(monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://board@127.0.0.1:{silent.getsockname()[1]}/vault"
        monkeypatch.setenv("VAULT_DATABASE_URL", url)
        config = env.database("VAULT_DATABASE_URL", file=tmp_path / "none", pragmas="", patience=1)
        defaults = {"TIME_ZONE": None, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
        vault = DatabaseWrapper(defaults | config, alias="silent")
        began = time.monotonic()
        try:
            with pytest.raises(OperationalError):
                vault.ensure_connection()
            assert time.monotonic() - began < GENEROUS
        finally:
            vault.close_pool()


def test_a_statement_that_is_never_answered_ends_with_its_connection(monkeypatch):
    if "VAULT_DATABASE_URL" not in os.environ:
        pytest.skip("SQLite has no server")
    monkeypatch.setattr(postgres, "PATIENCE", 0.2)
    with postgres.Impatient.connect(os.environ["VAULT_DATABASE_URL"]) as hanging:
        with pytest.raises(psycopg.OperationalError):
            hanging.execute("SELECT pg_sleep(60)")
        assert hanging.closed


def test_web_servers_are_impatient_with_the_vault():
    """And with SQLite as it is."""
    database = {"OPTIONS": {"pool": {"min_size": 0}}}
    postgres.hurry(database)
    assert database["OPTIONS"]["pool"]["connection_class"] is postgres.Impatient
    postgres.hurry({"OPTIONS": {}})
