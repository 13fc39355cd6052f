"""Bring a backup back into the empty database of this installation, or prove with --verify that it can be.

A restored copy starts in quarantine: it holds all outgoing messages back until an administrator releases them, so that
a copy never writes to customers. --verify restores into a database of its own, compares every row and drops it.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from guanxi.cli.archive import Manifest, read_manifest, restore_database, restore_files
from guanxi.cli.commands.migrate import append_only_tables
from guanxi.cli.console import progress_bar
from guanxi.cli.django_setup import use_django
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import Urls, grant_app_access, lease, with_database

EXAMPLE = "./guanxi restore --verify /mnt/backups/monday"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, help="folder that `backup` wrote")
    parser.add_argument("--verify", action="store_true", help="restore beside the real database, compare and drop it")


def run(arguments: argparse.Namespace) -> int:
    """Restore or verify; 1 when anything differs."""
    folder: Path = arguments.folder.absolute()
    with lease() as urls, progress_bar("Checking the backup") as report:
        manifest = read_manifest(folder)
        report("Restoring", 0.2)
        wrong = verify(urls.owner, folder, manifest) if arguments.verify else restore(urls, folder, manifest)
        report("Done", 1.0)
    for sentence in wrong:
        print(sentence)
    verdict = "differs from the backup" if wrong else "agrees with the backup"
    print(f"{len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} files: {verdict}.")
    return 1 if wrong else 0


def verify(owner_url: str, folder: Path, manifest: Manifest) -> list[str]:
    """Restore into a scratch database, compare, drop it; return the differences."""
    name = f"guanxi_verify_{secrets.token_hex(4)}"
    with psycopg.connect(owner_url, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise CommandFailed(
                "The owner of the database may not create one to verify in. Grant it CREATEDB."
            ) from error
        try:
            return restore_database(with_database(owner_url, name), folder, manifest)
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def restore(urls: Urls, folder: Path, manifest: Manifest) -> list[str]:
    """Restore into the real, empty database, bring the files back, and set the quarantine; return the differences."""
    wrong = restore_database(urls.owner, folder, manifest)
    restore_files(folder)
    use_django("owner")
    grant_app_access(urls.owner, append_only_tables(), str(conninfo_to_dict(urls.app)["user"]))
    quarantine(urls.owner)
    return wrong


def quarantine(owner_url: str) -> None:
    """Hold all outgoing messages of this database back until an administrator releases them."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE identity_company SET is_quarantined = true")
