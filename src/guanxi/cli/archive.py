"""Backups: a folder with the database, the uploaded files, and a manifest that lets both be checked.

``database.dump`` is PostgreSQL's custom format, ``files/`` the uploaded files, ``manifest.json`` the marks of every
table and the SHA-256 of every file, all of the same instant of the database. Secrets are not in a backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from guanxi.cli.console import Report
from guanxi.cli.failure import CommandFailed
from guanxi.cli.fingerprint import TableMark, differences, table_marks
from guanxi.core.postgres import home, programs_for

FORMAT = 1
DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``created`` is an ISO 8601 instant in UTC; ``files`` maps relative path to SHA-256."""

    format: int
    created: str
    postgres: str
    dump: str
    tables: list[TableMark]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(mark.rows for mark in self.tables)


def write_backup(owner_url: str, folder: Path, report: Report) -> Manifest:
    """Write a backup into ``folder``, which must not exist yet. It takes its name only when it is complete.

    Reads the database in one snapshot while others go on writing. Raises ``CommandFailed``.
    """
    if folder.exists():
        raise CommandFailed(f"{folder} exists already. Name another folder.")
    fresh = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    try:
        with psycopg.connect(owner_url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot(), current_setting('server_version')").fetchone()
            assert row is not None
            report("Writing the database", 0.05)
            with _settings(owner_url) as (database, environment):
                _program("pg_dump", ["-Fc", "--no-owner", "--no-privileges", f"--snapshot={row[0]}", "-f",
                                     str(fresh / DUMP), "-d", database], environment, owner_url)  # fmt: skip
            report("Copying the files", 0.6)
            files = _copy_files(home() / FILES, fresh / FILES)
            report("Taking the checksums", 0.7)
            manifest = Manifest(
                FORMAT, datetime.now(UTC).isoformat(timespec="seconds"), str(row[1]), _sha256(fresh / DUMP),
                table_marks(connection), files,
            )  # fmt: skip
        (fresh / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    report("Done", 1.0)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup and check every file against it. Raises ``CommandFailed`` naming what is wrong."""
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**{**values, "tables": [TableMark(**mark) for mark in values["tables"]]})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{folder} is not a backup: {error}") from error
    if manifest.format != FORMAT:
        raise CommandFailed(f"{folder} was written in format {manifest.format}; this version reads {FORMAT}.")
    for name, expected in {
        DUMP: manifest.dump,
        **{f"{FILES}/{key}": each for key, each in manifest.files.items()},
    }.items():
        path = folder / name
        if not path.is_file():
            raise CommandFailed(f"{path} is missing from the backup.")
        if _sha256(path) != expected:
            raise CommandFailed(f"{path} is damaged: its checksum is not the one in the manifest.")
    return manifest


def restore_database(owner_url: str, folder: Path, manifest: Manifest) -> list[str]:
    """Restore the dump into the empty database at ``owner_url``; return what differs from the manifest."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if row is None or row[0]:
            raise CommandFailed("The database is not empty. Restore into a new one (set GUANXI_HOME to a new folder).")
    with _settings(owner_url) as (database, environment):
        _program("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", "-j", "2", "-d", database,
                                str(folder / DUMP)], environment, owner_url)  # fmt: skip
    with psycopg.connect(owner_url) as connection:
        return [*differences(manifest.tables, table_marks(connection)), *_missing_contents(connection, manifest)]


def _missing_contents(connection: psycopg.Connection, manifest: Manifest) -> Iterator[str]:
    """Say how many records of files came back whose bytes are not in the backup under the checksum that they name."""
    row = connection.execute("SELECT to_regclass('public.work_attachment')").fetchone()
    if row is None or row[0] is None:
        return
    rows = connection.execute("SELECT id, sha256 FROM work_attachment ORDER BY id")
    missing = [number for number, sha256 in rows if manifest.files.get(f"sha256/{sha256[:2]}/{sha256}") != sha256]
    if missing:
        yield f"work_attachment: the bytes of {len(missing)} files are not in the backup (first: number {missing[0]})"


def restore_files(folder: Path) -> int:
    """Copy the uploaded files back; existing ones of the same name are replaced. Return their number."""
    source = folder / FILES
    if not source.is_dir():
        return 0
    shutil.copytree(source, home() / FILES, dirs_exist_ok=True)
    return sum(1 for path in source.rglob("*") if path.is_file())


def _copy_files(source: Path, target: Path) -> dict[str, str]:
    """Copy what is whole: uploads on their way lie in a hidden folder, and may be gone before they are reached."""
    sums: dict[str, str] = {}
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        name = path.relative_to(source)
        if name.parts[0].startswith(".") or not path.is_file():
            continue
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            continue
        sums[str(name)] = _sha256(copy)
    return sums


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _settings(url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give connection string and environment for a program: the password never stands on a command line."""
    parts: dict[str, Any] = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    password = str(parts.pop("password", ""))
    yield psycopg.conninfo.make_conninfo("", **parts), {**os.environ, "PGPASSWORD": password, "LC_ALL": "C.UTF-8"}


def _program(name: str, arguments: list[str], environment: dict[str, str], url: str) -> None:
    """Run one of PostgreSQL's programs, of the server's major version or newer."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    done = subprocess.run(
        [programs_for(major).program(name), *arguments], check=False, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise CommandFailed(f"{name} failed: {done.stderr.strip()[-2000:]}")
