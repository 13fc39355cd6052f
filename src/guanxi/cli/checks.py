"""What `doctor` looks at: each check says what it found and, where that is not good, what to do."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
from packaging.requirements import Requirement

from guanxi.core.postgres import Urls, checkout, home

Verdict = Literal["good", "look", "bad"]
GIGABYTE = 1 << 30
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
_FRESH_WORKER = timedelta(seconds=60)


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``advice`` is what to do; empty when the verdict is good."""

    check: str
    verdict: Verdict
    found: str
    advice: str = ""


def machine_findings() -> Iterator[Finding]:
    """Check what needs no database: interpreter, packages, front end, disk, secrets."""
    yield _judge("Python", sys.version_info >= (3, 11), sys.version.split()[0], "Install Python 3.11 or newer.")
    yield _packages()
    yield _front_end()
    yield _disk()
    yield _secrets()
    yield _backup()


def database_findings(urls: Urls) -> Iterator[Finding]:
    """Check the server, its durability and the rights of the application's role."""
    with psycopg.connect(urls.owner) as connection:
        version = connection.info.server_version
        shown = str(connection.info.parameter_status("server_version"))
        yield _judge("PostgreSQL", version >= 150_000, shown, "Use PostgreSQL 15 or newer.")
        loose = [name for name in _DURABLE if _setting(connection, name) != "on"]
        yield _judge(
            "durability", not loose, ", ".join(f"{name} is off" for name in loose) or "all commits are synced",
            f"Switch on {', '.join(loose)} in postgresql.conf: without it a crash loses acknowledged data.",
        )  # fmt: skip
    yield from _app_role(urls.app)


def django_findings() -> Iterator[Finding]:
    """Check what Django knows; call after ``use_django``."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = [str(step[0]) for step in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    yield _judge("migrations", not waiting, f"{len(waiting)} not applied" if waiting else "all applied",
                 "Run ./guanxi migrate.")  # fmt: skip
    yield _judge("debug mode", not settings.DEBUG, "on" if settings.DEBUG else "off",
                 "Set DEBUG to False: error pages would show secrets.")  # fmt: skip
    yield _judge("host names", "*" not in settings.ALLOWED_HOSTS, ", ".join(settings.ALLOWED_HOSTS),
                 "Name your hosts in GUANXI_ORIGINS.")  # fmt: skip
    if not waiting:
        yield _worker(connection)
        yield _quarantine(connection)
        yield _references(connection)


def _judge(check: str, is_good: bool, found: str, advice: str, otherwise: Verdict = "bad") -> Finding:
    return Finding(check, "good", found) if is_good else Finding(check, otherwise, found, advice)


def _packages() -> Finding:
    """Compare the installed packages with the lock file."""
    root = checkout()
    if root is None:
        return Finding("packages", "good", "installed from a wheel")
    text = (root / "requirements" / "core.lock").read_text(encoding="ascii")
    stamp = root / ".venv" / ".guanxi" / "lock-core"
    wrong = []
    for line in re.findall(r"^([A-Za-z0-9_.-]+==[^\\\n]+)", text, re.MULTILINE):
        wanted = Requirement(line)
        found = _version(wanted.name) if wanted.marker is None or wanted.marker.evaluate() else None
        if found is not None and found not in wanted.specifier:
            wrong.append(f"{wanted.name} {found} instead of {str(wanted.specifier)[2:]}")
    in_step = stamp.exists() and stamp.read_text() == hashlib.sha256(text.encode("ascii")).hexdigest()
    if not in_step and not wrong:
        wrong = ["the lock changed since the last set-up"]
    return _judge(
        "packages", not wrong, "; ".join(wrong) or "as locked", "Run ./guanxi once more; it installs the lock."
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _front_end() -> Finding:
    import guanxi

    built = Path(str(guanxi.__file__)).parent / "ui" / "static" / "dist"
    count = sum(1 for path in built.rglob("*") if path.is_file()) if built.is_dir() else 0
    return _judge("front end", count > 0, f"{count} files built", "Run ./guanxi once more; it builds the front end.")


def _disk() -> Finding:
    folder = home() if home().exists() else Path.cwd()
    free = shutil.disk_usage(folder).free / GIGABYTE
    advice = f"Free space on the disk of {folder}: the database stops when it is full."
    verdict: Verdict = "good" if free >= 2 else "look" if free >= 0.5 else "bad"
    return Finding("disk", verdict, f"{free:.1f} GB free", "" if verdict == "good" else advice)


def _secrets() -> Finding:
    folder = home() / "secrets"
    open_ones = [path.name for path in folder.glob("*") if path.stat().st_mode & 0o077]
    return _judge("secrets", not open_ones, f"{', '.join(open_ones)} readable by others" if open_ones else "private",
                  f"Run: chmod 600 {folder}/*")  # fmt: skip


def _backup() -> Finding:
    backups = sorted((home() / "backups").glob("*/manifest.json"))
    if not backups:
        return Finding("backup", "look", "none in var/backups", "Run ./guanxi backup, and again every night.")
    age = datetime.now(UTC) - datetime.fromtimestamp(backups[-1].stat().st_mtime, UTC)
    return _judge("backup", age < timedelta(days=7), f"{age.days} days old", "Run ./guanxi backup every night.", "look")


def _app_role(url: str) -> Iterator[Finding]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT r.rolname, r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolcreatedb OR r.rolreplication,"
            " pg_get_userbyid(d.datdba) = r.rolname, has_schema_privilege('public', 'CREATE')"
            " FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()"
        ).fetchone()
    assert row is not None
    name, is_strong, is_owner, may_create = row
    wrong = [text for text, holds in ((f"{name} has rights over the server", is_strong),
                                      (f"{name} owns the database", is_owner),
                                      (f"{name} may create tables", may_create)) if holds]  # fmt: skip
    yield _judge("application role", not wrong, "; ".join(wrong) or f"{name} reads and writes rows, nothing else",
                 "Give web and worker a role with LOGIN only and name it in GUANXI_APP_DATABASE_URL.")  # fmt: skip


def _setting(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""


def _worker(connection: Any) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        last = cursor.fetchone()[0]
    if last is None:
        return Finding("worker", "look", "none is running", "Start ./guanxi up; jobs wait until a worker runs.")
    age = datetime.now(UTC) - last
    return _judge("worker", age < _FRESH_WORKER, f"last sign of life {age.total_seconds():.0f} s ago",
                  "Restart ./guanxi up; jobs wait until a worker runs.", "look")  # fmt: skip


def _quarantine(connection: Any) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(bool_or(is_quarantined), false) FROM identity_company")
        held = bool(cursor.fetchone()[0])
    return _judge("outgoing messages", not held, "held back since a restore" if held else "released",
                  "An administrator releases them in Settings once this copy is the real one.", "look")  # fmt: skip


def _references(connection: Any) -> Finding:
    """Look for rows whose reference leads nowhere, where the database does not check it: for speed, a foreign key may
    be declared without a constraint."""
    from django.apps import apps
    from django.db import models, transaction

    fields = [
        item for model in apps.get_models() for item in model._meta.concrete_fields
        if isinstance(item, models.ForeignKey) and not getattr(item, "db_constraint", True)
    ]  # fmt: skip
    lost = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        for item in fields:
            table, target = item.model._meta.db_table, item.remote_field.model._meta
            cursor.execute(
                f"SELECT count(*) FROM {table} c WHERE c.{item.column} IS NOT NULL"
                f" AND NOT EXISTS (SELECT FROM {target.db_table} p WHERE p.{target.pk.column} = c.{item.column})"
            )
            count = cursor.fetchone()[0]
            lost += [f"{count:,} of {table}.{item.column}"] if count else []
    return _judge(
        "references", not lost, f"{', '.join(lost)} lead nowhere" if lost else "all lead to a row",
        "Something outside this program removed rows: restore a backup, or remove these rows, too.",
    )  # fmt: skip
