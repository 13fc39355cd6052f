"""Answers from the database without starting Django, so that a second start is quick."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

import psycopg

import guanxi
from guanxi.core.postgres import home

_PACKAGES_WITH_MIGRATIONS = ("django", "django-allauth", "procrastinate")
_STAMP = "migrated"


def is_migrated(owner_url: str) -> bool:
    """Tell whether this very program has migrated this very database already; when in doubt, no."""
    stamp = home() / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _state(owner_url)


def note_migrated(owner_url: str) -> None:
    """Remember that the database is in the state this program needs."""
    (home() / _STAMP).write_text(_state(owner_url), encoding="ascii")


def holds(owner_url: str, query: str) -> bool:
    """Return the truth of a one-value query; False where its tables do not exist yet."""
    try:
        with psycopg.connect(owner_url) as connection:
            row = connection.execute(query.encode()).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return False
    return bool(row and row[0])


def _state(owner_url: str) -> str:
    """Return a digest of the program's migrations and of those the database has applied."""
    digest = hashlib.sha256()
    for name in _PACKAGES_WITH_MIGRATIONS:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for path in sorted(Path(str(guanxi.__file__)).parent.glob("**/migrations/*.py")):
        digest.update(f"{path.parent.parent.name}/{path.name}\n".encode() + path.read_bytes())
    try:
        with psycopg.connect(owner_url) as connection:
            rows = connection.execute("SELECT app, name, applied::text FROM django_migrations ORDER BY id").fetchall()
    except psycopg.errors.UndefinedTable:
        rows = []
    digest.update(repr(rows).encode())
    return digest.hexdigest()
