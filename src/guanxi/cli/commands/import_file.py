"""Read a file into the records: CSV, XLSX, JSON lines or Parquet; the same code as the wizard's.

Columns are recognised by their English or Chinese headers. Loading the same file twice changes nothing the second time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from guanxi.cli.console import progress_bar
from guanxi.cli.django_setup import target, use_django
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi import customers.csv --as customer --dry-run"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="file to read")
    parser.add_argument("--as", dest="record_type", required=True, metavar="TYPE", help="record type or ready mapping")
    parser.add_argument("--source", default="", help="name of the system the file comes from")
    parser.add_argument("--dry-run", action="store_true", help="count what would happen and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Import the file and print the counts; 1 when rows were rejected."""
    if not arguments.file.is_file():
        raise CommandFailed(f"There is no file {arguments.file}.")
    with lease(), progress_bar(f"Importing {arguments.file.name}") as report:
        use_django("app")
        result = target("guanxi.records.importing.run:import_file")(
            arguments.file,
            record_type=arguments.record_type,
            source=arguments.source,
            dry_run=arguments.dry_run,
            report=report,
        )
    print(result)
    return 1 if getattr(result, "errors", 0) else 0
