"""Write the database and the uploaded files to a folder that `restore` brings back.

People may go on working meanwhile: the backup shows one instant. Secrets and passwords of the installation are not in
it; keep a copy of var/secrets somewhere safe.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from guanxi.cli.archive import write_backup
from guanxi.cli.console import progress_bar
from guanxi.core.postgres import home, lease

EXAMPLE = "./guanxi backup /mnt/backups/monday"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", nargs="?", type=Path, help="folder to write (default: a new one in var/backups)")


def run(arguments: argparse.Namespace) -> int:
    """Write the backup and print its folder."""
    folder = arguments.folder or home() / "backups" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    with lease() as urls, progress_bar("Backing up") as report:
        manifest = write_backup(urls.owner, folder.absolute(), report)
    print(f"{folder}: {len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} files")
    return 0
