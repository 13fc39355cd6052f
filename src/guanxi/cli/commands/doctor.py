"""Check the installation and say what to do about each finding. Exit code 1 when something is bad."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from guanxi.cli.checks import Finding, database_findings, django_findings, machine_findings
from guanxi.cli.django_setup import use_django
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import DatabaseUnavailable, lease

EXAMPLE = "./guanxi doctor --json"
_SIGNS = {"good": "[green]✓ good[/]", "look": "[yellow]! look[/]", "bad": "[red]✗ bad[/]"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Run every check."""
    findings = list(_findings())
    if arguments.json:
        json.dump({"findings": [asdict(each) for each in findings]}, sys.stdout, ensure_ascii=False)
        print()
    else:
        _show(findings)
    return 1 if any(each.verdict == "bad" for each in findings) else 0


def _findings() -> Iterator[Finding]:
    yield from machine_findings()
    try:
        with lease() as urls:
            yield from database_findings(urls)
            use_django("app")
            yield from django_findings()
    except DatabaseUnavailable as error:
        yield Finding("database", "bad", str(error), "Correct this first; the other checks need the database.")
    except CommandFailed as error:
        yield Finding("program", "bad", str(error), "Run ./guanxi once more; it installs what is missing.")


def _show(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "check", "found", "what to do"):
        table.add_column(heading)
    for each in findings:
        table.add_row(_SIGNS[each.verdict], each.check, each.found, each.advice)
    Console(highlight=False).print(table)
