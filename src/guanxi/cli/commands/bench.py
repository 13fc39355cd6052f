"""Measure, and compare with the floor and with others, on this machine.

`--list` names the benchmarks. A table goes to standard output; with --json one JSON object and nothing else.
"""

from __future__ import annotations

import argparse
import runpy
import sys

from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import checkout

EXAMPLE = "./guanxi bench web --json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; those after the name go to the benchmark."""
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="NAME [OPTION ...]", help="or --list")
    parser.add_argument("--list", action="store_true", help="name the benchmarks")


def run(arguments: argparse.Namespace) -> int:
    """Hand over to the benchmarks of the checkout."""
    root = checkout()
    if root is None or not (root / "benchmarks" / "__main__.py").is_file():
        raise CommandFailed("The benchmarks are part of a checkout of the source; there are none here.")
    sys.path.insert(0, str(root))
    sys.argv = ["./guanxi bench", *(["--list"] if arguments.list else []), *arguments.words]
    try:
        runpy.run_module("benchmarks", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
