"""Backups come back whole, and damage is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest

from guanxi.cli.archive import DUMP, FILES, read_manifest, restore_database, write_backup
from guanxi.cli.commands.restore import verify
from guanxi.cli.failure import CommandFailed
from guanxi.cli.fingerprint import TableMark, differences, table_marks
from guanxi.core import postgres
from guanxi.core.postgres.cluster import Cluster


def silent(sentence: str, fraction: float) -> None:
    """Report to nobody."""


@pytest.fixture
def owner_url(cluster: Cluster) -> str:
    """A small database with a partitioned table, every awkward type, and one uploaded file."""
    known = postgres.urls()
    assert known is not None
    with psycopg.connect(known.owner) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute(
            "CREATE TABLE person (id bigint PRIMARY KEY, name text, seen timestamptz, share float8,"
            " tags text[], extra jsonb)"
        )
        connection.execute("CREATE INDEX ON person USING gin (name gin_trgm_ops)")
        connection.execute(
            "INSERT INTO person SELECT n, '王伟 ' || n, '2026-03-01 08:00+08'::timestamptz + n * interval '1 hour',"
            " n / 3.0, ARRAY['a', NULL], jsonb_build_object('n', n) FROM generate_series(1, 1000) n"
        )
        connection.execute("CREATE TABLE event (id bigint, at date) PARTITION BY RANGE (at)")
        for year in (2025, 2026):
            connection.execute(
                f"CREATE TABLE event_{year} PARTITION OF event FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
            )
        connection.execute("INSERT INTO event VALUES (1, '2025-06-01'), (2, '2026-06-01'), (3, '2026-07-01')")
    upload = postgres.home() / FILES / "2026" / "contract.pdf"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"%PDF contract")
    return known.owner


def test_a_backup_restores_every_row_and_file(owner_url: str, tmp_path: Path) -> None:
    written = write_backup(owner_url, tmp_path / "monday", silent)

    assert [(mark.table, mark.rows) for mark in written.tables] == [("event", 3), ("person", 1000)]
    assert list(written.files) == ["2026/contract.pdf"]
    assert read_manifest(tmp_path / "monday") == written
    assert verify(owner_url, tmp_path / "monday", written) == []


def test_verifying_leaves_no_database_behind(owner_url: str, tmp_path: Path) -> None:
    verify(owner_url, tmp_path / "monday", write_backup(owner_url, tmp_path / "monday", silent))

    with psycopg.connect(owner_url) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1").fetchall()
    assert names == [("guanxi",), ("postgres",)]


def test_a_backup_shows_one_instant_while_others_write(owner_url: str, tmp_path: Path) -> None:
    def write_meanwhile(sentence: str, fraction: float) -> None:
        if sentence == "Taking the checksums":
            with psycopg.connect(owner_url) as connection:
                connection.execute("DELETE FROM person WHERE id <= 500")

    written = write_backup(owner_url, tmp_path / "monday", write_meanwhile)

    assert written.rows == 1003
    assert verify(owner_url, tmp_path / "monday", written) == []


@pytest.mark.parametrize("name", [DUMP, f"{FILES}/2026/contract.pdf"])
def test_a_damaged_file_is_named(owner_url: str, tmp_path: Path, name: str) -> None:
    write_backup(owner_url, tmp_path / "monday", silent)
    path = tmp_path / "monday" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    with pytest.raises(CommandFailed, match=f"{name} is damaged"):
        read_manifest(tmp_path / "monday")


def test_a_missing_file_is_named(owner_url: str, tmp_path: Path) -> None:
    write_backup(owner_url, tmp_path / "monday", silent)
    (tmp_path / "monday" / DUMP).unlink()

    with pytest.raises(CommandFailed, match=r"database\.dump is missing"):
        read_manifest(tmp_path / "monday")


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="is not a backup"):
        read_manifest(tmp_path)


def test_a_database_in_use_is_not_overwritten(owner_url: str, tmp_path: Path) -> None:
    written = write_backup(owner_url, tmp_path / "monday", silent)

    with pytest.raises(CommandFailed, match="The database is not empty"):
        restore_database(owner_url, tmp_path / "monday", written)


def test_an_existing_folder_is_not_overwritten_and_a_failed_backup_leaves_nothing(
    owner_url: str, tmp_path: Path
) -> None:
    (tmp_path / "monday").mkdir()
    with pytest.raises(CommandFailed, match="exists already"):
        write_backup(owner_url, tmp_path / "monday", silent)

    def fail(sentence: str, fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_backup(owner_url, tmp_path / "tuesday", fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monday"]


def test_one_changed_value_changes_the_mark_and_the_order_of_rows_does_not(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        before = table_marks(connection)
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE person SET id = id WHERE id < 100")
        moved = table_marks(connection)
        connection.execute("UPDATE person SET extra = '{\"n\": 8}' WHERE id = 7")
        changed = table_marks(connection)

    assert moved == before
    assert differences(before, changed) == ["person: the same 1000 rows, but not the same content"]


def test_differences_name_the_table_and_the_counts() -> None:
    assert differences(
        [TableMark("a", 2, "1"), TableMark("b", 5, "2")], [TableMark("b", 4, "3"), TableMark("c", 0, "0")]
    ) == ["a: missing after restoring", "b: 5 rows were backed up, 4 came back", "c: not in the backup"]


def test_a_file_without_its_bytes_is_found_when_a_backup_is_verified(owner_url: str, tmp_path: Path) -> None:
    there, gone = hashlib.sha256(b"there").hexdigest(), hashlib.sha256(b"gone").hexdigest()
    place = postgres.home() / FILES / "sha256" / there[:2] / there
    place.parent.mkdir(parents=True)
    place.write_bytes(b"there")
    with psycopg.connect(owner_url) as connection:
        connection.execute("CREATE TABLE work_attachment (id bigint PRIMARY KEY, sha256 text)")
        connection.execute("INSERT INTO work_attachment VALUES (1, %s)", [there])
    whole = write_backup(owner_url, tmp_path / "monday", silent)
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO work_attachment VALUES (7, %s)", [gone])
    torn = write_backup(owner_url, tmp_path / "tuesday", silent)

    assert verify(owner_url, tmp_path / "monday", whole) == []
    assert verify(owner_url, tmp_path / "tuesday", torn) == [
        "work_attachment: the bytes of 1 files are not in the backup (first: number 7)"
    ]


def test_an_upload_on_its_way_is_no_part_of_a_backup(owner_url: str, tmp_path: Path) -> None:
    half = postgres.home() / FILES / ".arriving" / "half"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"x")

    assert list(write_backup(owner_url, tmp_path / "monday", silent).files) == ["2026/contract.pdf"]
