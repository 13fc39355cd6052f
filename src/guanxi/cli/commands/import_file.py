"""Read a file into the records: CSV, XLSX, JSON lines or Parquet; the same code as the wizard's.

Columns are recognised by their English or Chinese headers. Loading the same file twice changes nothing the second time.
The last line names the import's number; --undo NUMBER takes that whole import back, within thirty days. A rehearsal
(--dry-run) leaves nothing behind; --discard NUMBER forgets an import of the wizard that was only uploaded or checked.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from guanxi.cli.console import console, progress_bar
from guanxi.cli.django_setup import target, use_records
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi import customers.csv --as customer --dry-run"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, nargs="?", help="file to read")
    parser.add_argument("--as", dest="record_type", metavar="TYPE", help="record type or ready mapping")
    parser.add_argument("--source", default="", help="name of the system the file comes from")
    parser.add_argument("--mapping", type=Path, help="JSON file that says which column fills which field")
    parser.add_argument("--set", action="append", default=[], metavar="TARGET=VALUE", type=_pair, dest="constants",
                        help="value for all rows, as order.currency=GBP; may be repeated")  # fmt: skip
    parser.add_argument("--undo", type=int, metavar="NUMBER", help="take the import with this number back instead")
    parser.add_argument("--discard", type=int, metavar="NUMBER",
                        help="forget the import with this number, which has loaded nothing")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="count what would happen and write nothing")
    parser.set_defaults(misused=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Import the file and print the counts, or undo an import; 1 when rows were rejected."""
    if arguments.undo is not None:
        return _undo(arguments)
    if arguments.discard is not None:
        return _discard(arguments)
    if arguments.file is None or not arguments.record_type:
        arguments.misused("name a FILE and its TYPE (--as), or an import to take back (--undo NUMBER)")
    if not arguments.file.is_file():
        raise CommandFailed(f"There is no file {arguments.file}.")
    with lease(), progress_bar(f"Importing {arguments.file.name}") as report:
        use_records()
        result = target("guanxi.records.importing.run:import_file")(
            arguments.file,
            record_type=arguments.record_type,
            source=arguments.source,
            dry_run=arguments.dry_run,
            mapping=_read_mapping(arguments.mapping),
            constants=dict(arguments.constants),
            report=report,
        )
    print(result)
    return 1 if getattr(result, "errors", 0) else 0


def _undo(arguments: argparse.Namespace) -> int:
    if arguments.file is not None:
        arguments.misused("--undo takes the number of an import and no file")
    with lease(), console().status(f"Undoing import {arguments.undo} …"):
        use_records()
        undone = target("guanxi.records.importing.run:undo_import")(arguments.undo, dry_run=arguments.dry_run)
    print(undone)
    return 0


def _discard(arguments: argparse.Namespace) -> int:
    if arguments.file is not None or arguments.dry_run:
        arguments.misused("--discard takes the number of an import, no file and no --dry-run")
    with lease():
        use_records()
        target("guanxi.records.importing.run:discard_import")(arguments.discard)
    print(f"Import {arguments.discard} is forgotten. It had written nothing.")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"“{text}” is not TARGET=VALUE")
    return name.strip(), value


def _read_mapping(path: Path | None) -> dict[str, Any] | None:
    """Read a mapping: the JSON form of ``ColumnMapping``, or plainly from header to target."""
    if path is None:
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path} is no mapping: {error}") from error
    if not isinstance(values, dict):
        raise CommandFailed(f"{path} is no mapping: it holds no JSON object.")
    return values if "columns" in values else {"columns": values}
