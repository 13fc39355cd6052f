"""Roles and rights in the database.

The owner changes the schema; ``guanxi_app`` (web and worker) only reads and writes rows; ``guanxi_portal`` starts with
no rights and is given views by the portal's migrations.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from .errors import DatabaseUnavailable

OWNER = "guanxi_owner"
APP = "guanxi_app"
PORTAL = "guanxi_portal"
DATABASE = "guanxi"

_log = logging.getLogger(__name__)
Connection = psycopg.Connection[tuple[Any, ...]]


def create_roles(connection: Connection, passwords: dict[str, str]) -> None:
    """Make the owner, the two lesser roles and the database on our own cluster, or bring them up to date.

    ``connection`` is the superuser's, in autocommit mode; ``passwords`` maps each role's name to its password.
    """
    for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB"), (PORTAL, "NOCREATEDB")):
        _put_role(connection, role, passwords[role], rights)
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (DATABASE, OWNER))))
    connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(*map(sql.Identifier, (DATABASE, APP)))
    )
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(*map(sql.Identifier, (DATABASE, PORTAL))))


def create_lesser_role(connection: Connection, role: str, password: str) -> None:
    """Make ``role`` on a server that its owner runs, with a password of ours; ``connection`` is the owner's.

    Raises ``DatabaseUnavailable`` where the owner may not, or where another database already uses the role.
    """
    used = connection.execute(
        "SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
        " JOIN pg_database b ON b.oid = CASE WHEN d.classid = 'pg_database'::regclass THEN d.objid ELSE d.dbid END"
        " WHERE r.rolname = %s AND b.datname <> current_database() LIMIT 1",
        [role],
    ).fetchone()
    if used:
        raise DatabaseUnavailable(
            f"The role {role} already serves another database on this server. "
            "Make a role of your own for this one and name it in GUANXI_APP_DATABASE_URL."
        )
    try:
        _put_role(connection, role, password, "NOCREATEDB")
        name = connection.execute("SELECT current_database()").fetchone()
        assert name is not None
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(str(name[0])), sql.Identifier(role)
            )
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"The owner in GUANXI_DATABASE_URL may not create the role {role}. Grant it CREATEROLE, or make the role "
            "yourself (LOGIN, nothing else) and name it in GUANXI_APP_DATABASE_URL."
        ) from error


def grant_app_access(owner_url: str, append_only: Sequence[str] = (), app_role: str = APP) -> None:
    """Let the application role read and write the rows of every table, now and in later migrations; call after migrate.

    Tables named in ``append_only`` (and their partitions) may be read and added to, never changed. The role cannot
    create or alter anything. Safe to repeat; takes no lock that stops readers or writers.
    """
    role = sql.Identifier(app_role)
    with psycopg.connect(owner_url) as connection:
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {}",
        ):
            try:
                with connection.transaction():
                    connection.execute(sql.SQL(statement).format(role))
            except psycopg.errors.InsufficientPrivilege as error:
                # The schema may belong to the server's administrator, who then decides about PUBLIC.
                _log.warning("Not granted on this server: %s (%s)", statement.format(app_role), error)
        for table in _with_partitions(connection, append_only):
            connection.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(table, role))


def _with_partitions(connection: Connection, tables: Sequence[str]) -> list[sql.Identifier]:
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = ANY(%s) OR p.relname = ANY(%s))",
        [list(tables), list(tables)],
    ).fetchall()
    return [sql.Identifier("public", str(row[0])) for row in rows]


def _put_role(connection: Connection, role: str, password: str, rights: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if found else "CREATE"
    attributes = f"LOGIN NOINHERIT {rights}" if role == PORTAL else f"LOGIN {rights}"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{}} {attributes} PASSWORD {{}}").format(sql.Identifier(role), sql.Literal(password))
    )
