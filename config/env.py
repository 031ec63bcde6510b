"""Reads this installation's settings from the environment; refuses a production without secrets."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    return text(name, str(default)).lower() in TRUE


def names(name: str, default: str) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def secret(name: str, *, embedded: str | None) -> str:
    """The secret called `name`. ImproperlyConfigured when it is missing and nothing may stand in for it."""
    value = text(name) or embedded
    if not value:
        raise ImproperlyConfigured(f"Set {name} to a long random value: with DEBUG off there is no default.")
    return value


SQLITE = {
    "transaction_mode": "IMMEDIATE",  # a read before the write otherwise ends in "database is locked"
    "timeout": 20,
}
MAIN_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;"
    "PRAGMA cache_size=-64000; PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=ON;"
)
# A write-ahead log would keep old seals readable until a checkpoint; TRUNCATE and secure_delete leave none.
VAULT_PRAGMAS = (
    "PRAGMA journal_mode=TRUNCATE; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;"
    "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
)


def database(name: str, *, file: Path, pragmas: str, patience: int = 20) -> dict:
    """A Django database entry from the URL in `name`, or the SQLite file `file`.

    `patience` is how many seconds a request waits for a connection to PostgreSQL.
    """
    config: dict[str, Any] = dict(dj_database_url.parse(text(name, f"sqlite:///{file}")))
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        options.update(SQLITE, init_command=pragmas)
        config["TEST"] = {"NAME": str(file.parent / f"test-{file.name}")}
    elif config["ENGINE"].endswith("postgresql"):
        options.setdefault("connect_timeout", patience)
        options.setdefault("tcp_user_timeout", patience * 1000)  # a machine that vanished answers nothing
        options.setdefault("pool", {"min_size": 0, "max_size": 12, "timeout": patience})
    return config


def redis_host(url: str) -> dict:
    """A channels_redis host. Its blocking read outlasts redis-py's own socket timeout, so that is lifted."""
    return {"address": url, "socket_timeout": None, "socket_connect_timeout": 2}


def redis_cache(url: str) -> dict:
    """A cache in Redis that goes without rather than waits or fails."""
    options = {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2}
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}


def redis_pool(url: str) -> Any:
    """Connections for the queue. A page that asks it must not wait for a machine that vanished."""
    from redis import ConnectionPool  # of no use to an embedded start, which is to be quick

    return ConnectionPool.from_url(url, socket_connect_timeout=2, socket_timeout=5)


def origin(site_url: str) -> tuple[str, str]:
    """Host and scheme of `site_url`."""
    parts = urlsplit(site_url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"SITE_URL must look like https://board.example, not {site_url!r}.")
    return parts.hostname, parts.scheme
