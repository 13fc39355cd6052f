"""The embedded database server: durable, private, and back after any kill."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from guanxi.core import postgres
from guanxi.core.postgres.cluster import Cluster, locate_cluster


def fetch(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def kill_server(cluster: Cluster) -> None:
    pid = cluster.postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_every_acknowledged_row_survives_twenty_kills_of_the_server(cluster: Cluster) -> None:
    known = postgres.urls()
    assert known is not None
    with psycopg.connect(known.owner) as connection:
        connection.execute("CREATE TABLE acknowledged (number int PRIMARY KEY)")
    written = 0
    for _ in range(20):
        with psycopg.connect(known.owner, autocommit=True) as connection:
            for _ in range(5):
                connection.execute("INSERT INTO acknowledged VALUES (%s)", [written])
                written += 1
            kill_server(cluster)
        postgres.ensure_running()

    assert fetch(known.owner, "SELECT count(*), max(number) FROM acknowledged") == [(100, 99)]


def test_a_server_that_runs_is_found_again_and_not_started_twice(cluster: Cluster) -> None:
    before = cluster.postmaster()
    postgres.ensure_running()

    assert cluster.postmaster() == before


def test_a_recorded_process_that_is_another_program_does_not_stop_the_start(cluster: Cluster) -> None:
    kill_server(cluster)
    while cluster.postmaster() is not None:
        time.sleep(0.05)
    lock = cluster.data / "postmaster.pid"
    text = lock.read_text() if lock.exists() else "\n".join(["0", str(cluster.data), "0", "5432", "", "", "0 0"])
    lock.write_text("\n".join([str(os.getpid()), *text.split("\n")[1:]]))

    known = postgres.ensure_running()

    assert fetch(known.app, "SELECT 1") == [(1,)]


def test_starting_again_takes_less_than_two_seconds(cluster: Cluster) -> None:
    postgres.stop()
    started = time.monotonic()
    postgres.ensure_running()

    assert time.monotonic() - started < 2.0


def test_passwords_are_readable_by_their_owner_only(cluster: Cluster, other_home: Path) -> None:
    files = sorted((other_home / "secrets").iterdir())

    assert [path.name for path in files] == [
        "guanxi_app-password",
        "guanxi_owner-password",
        "guanxi_portal-password",
        "postgres-password",
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_nobody_gets_in_without_a_password(cluster: Cluster) -> None:
    place = {"host": str(cluster.socket_folder), "user": "postgres", "dbname": "postgres", "passfile": "/dev/null"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**place, password="wrong")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(**place)


def test_the_server_listens_on_no_network_port_and_commits_durably(cluster: Cluster) -> None:
    known = postgres.urls()
    assert known is not None

    assert fetch(known.owner, "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'fsync',"
                              " 'full_page_writes', 'synchronous_commit', 'data_checksums') ORDER BY 1") == [
        ("data_checksums", "on"), ("fsync", "on"), ("full_page_writes", "on"), ("listen_addresses", ""),
        ("synchronous_commit", "on"),
    ]  # fmt: skip


def test_the_application_reads_and_writes_rows_and_nothing_else(cluster: Cluster) -> None:
    known = postgres.urls()
    assert known is not None
    with psycopg.connect(known.owner) as connection:
        connection.execute("CREATE TABLE before_grant (id int); CREATE TABLE log (id int)")
    postgres.grant_app_access(known.owner, append_only=["log"])
    with psycopg.connect(known.owner) as connection:
        connection.execute("CREATE TABLE after_grant (id int)")

    with psycopg.connect(known.app, autocommit=True) as app:
        app.execute("INSERT INTO before_grant VALUES (1)")
        app.execute("UPDATE after_grant SET id = 2")
        app.execute("INSERT INTO log VALUES (1)")
        for refused in (
            "UPDATE log SET id = 2", "DELETE FROM log", "CREATE TABLE mine (id int)", "DROP TABLE before_grant",
            "ALTER TABLE before_grant ADD COLUMN more int", "CREATE ROLE stronger", "CREATE DATABASE other",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)


def test_the_portal_role_sees_no_table(cluster: Cluster) -> None:
    known = postgres.urls()
    assert known is not None
    with psycopg.connect(known.owner) as connection:
        connection.execute("CREATE TABLE secret (id int)")
    postgres.grant_app_access(known.owner)

    with psycopg.connect(known.portal) as portal, pytest.raises(psycopg.errors.InsufficientPrivilege):
        portal.execute("SELECT * FROM secret")


def test_the_last_user_of_a_server_stops_it(other_home: Path) -> None:
    with postgres.lease():
        with postgres.lease():
            assert postgres.is_alive()
        assert postgres.is_alive()

    assert not postgres.is_alive()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    cluster = Cluster(deep, None)

    assert len(str(cluster.socket_folder / ".s.PGSQL.5432")) <= 107
    assert cluster.socket_folder != deep / "socket"


def test_a_server_named_by_the_owner_gets_a_role_for_the_application(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = postgres.urls()
    assert known is not None
    superuser = postgres.with_database(known.owner, "elsewhere").replace("guanxi_owner", "postgres")
    password = postgres.read_secret("postgres-password")
    owner_password = postgres.read_secret("guanxi_owner-password")
    assert password is not None
    assert owner_password is not None
    external = superuser.replace(owner_password, password)
    with psycopg.connect(postgres.with_database(external, "postgres"), autocommit=True) as connection:
        connection.execute("DROP OWNED BY guanxi_app")
        connection.execute("CREATE DATABASE elsewhere")
    with psycopg.connect(postgres.with_database(external, "guanxi"), autocommit=True) as connection:
        connection.execute("REVOKE ALL ON DATABASE guanxi FROM guanxi_app")
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    monkeypatch.setenv("GUANXI_DATABASE_URL", external)

    urls = postgres.ensure_running()

    assert fetch(urls.app, "SELECT current_user, current_database()") == [("guanxi_app", "elsewhere")]
    assert (tmp_path / "secrets" / "external-app-password").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "postgres").exists()


def test_a_role_that_serves_another_database_is_not_taken(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = postgres.urls()
    assert known is not None
    with psycopg.connect(known.owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    monkeypatch.setenv("GUANXI_DATABASE_URL", postgres.with_database(known.owner, "elsewhere"))

    with pytest.raises(postgres.DatabaseUnavailable, match="guanxi_app already serves another database"):
        postgres.ensure_running()


def test_nobody_answering_at_the_named_server_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    monkeypatch.setenv("GUANXI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(postgres.DatabaseUnavailable, match="Nobody answers at GUANXI_DATABASE_URL"):
        postgres.ensure_running()


def test_a_folder_the_server_user_cannot_reach_keeps_its_data_elsewhere(other_home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("Only root runs the server as another user.")
    other_home.chmod(0o700)

    known = postgres.ensure_running()

    assert fetch(known.app, "SELECT 1") == [(1,)]
    assert (other_home / "postgres").is_symlink()
    assert locate_cluster(other_home).data.stat().st_uid != 0
