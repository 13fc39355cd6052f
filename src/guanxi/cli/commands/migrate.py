"""Bring the database to the state this version needs, and give the application its rights on it.

Safe to repeat; two at once wait for each other.
"""

from __future__ import annotations

import argparse

import psycopg

from guanxi.cli.django_setup import target, use_django
from guanxi.cli.quick_look import is_migrated, note_migrated
from guanxi.core.postgres import grant_app_access, lease

EXAMPLE = "./guanxi migrate"
_LOCK = 0x6775616E  # an advisory lock of our own


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something fails")


def run(arguments: argparse.Namespace) -> int:
    """Apply the migrations as the owner of the database."""
    with lease() as urls, psycopg.connect(urls.owner, autocommit=True) as connection:
        if arguments.quiet and is_migrated(urls.owner):
            return 0
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        apply_migrations(verbosity=0 if arguments.quiet else 1)
        grant_app_access(urls.owner, app_role=_role_of(urls.app), append_only=append_only_tables())
        note_migrated(urls.owner)
    return 0


def apply_migrations(verbosity: int) -> None:
    """Set up Django as the owner and migrate; does nothing, quickly, when all is applied."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    use_django("owner")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=verbosity)
    target("guanxi.records.partitions:make_partitions")()


def append_only_tables() -> tuple[str, ...]:
    """Return the tables whose rows the application may add and never change (setting ``APPEND_ONLY_TABLES``)."""
    from django.conf import settings

    return tuple(getattr(settings, "APPEND_ONLY_TABLES", ()))


def _role_of(url: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(url)["user"])
