"""Run the checks and the tests. What they need and lack (the browser) is installed when you are root.

Without an option: what every change must pass. --full adds the slow ones and the second PostgreSQL, --long those
without a limit of time. What follows `--` goes to pytest. Exit code 1 when a check or a test fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from guanxi.cli.browser import ensure_browser
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import checkout, lease

EXAMPLE = "./guanxi test -- tests/platform -k backup"
CHECKS = (
    ("style", ["ruff", "check"]),
    ("format", ["ruff", "format", "--check"]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports"]),
    ("dependencies", ["deptry", "src"]),
)
_DATA_LAYER = (
    "tests/platform/test_backup.py",
    "tests/platform/test_postgres.py",
    "tests/architecture/test_migrations.py",
    *(f"tests/{name}" for name in ("contracts", "records", "catalog", "customers", "identity", "outbox", "work")),
)
_MARKS = {"": "not full and not long", "full": "not long", "long": ""}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--full", action="store_true", help="with the slow tests (up to an hour)")
    parser.add_argument("--long", action="store_true", help="with those that take as long as they take")
    parser.add_argument("--no-checks", action="store_true", help="only pytest")
    parser.add_argument("pytest", nargs="*", help="words for pytest, after --")


def run(arguments: argparse.Namespace) -> int:
    """Run checks, then pytest; pytest's closing line comes last."""
    root = checkout()
    if root is None:
        raise CommandFailed("Tests run in a checkout of the source only.")
    os.chdir(root)
    ensure_browser()
    failed = (
        [] if arguments.no_checks or arguments.pytest else [name for name, words in CHECKS if not _check(name, words)]
    )
    tier = "long" if arguments.long else "full" if arguments.full else ""
    with lease():
        code = _pytest(["-m", _MARKS[tier]] if _MARKS[tier] else [], arguments.pytest, {"GUANXI_DB_ROLE": "owner"})
        if tier:
            code = _on_system_postgres(code)
    if failed:
        print(f"These checks failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed or code else 0


def _check(name: str, words: list[str]) -> bool:
    started = time.monotonic()
    program = Path(sys.executable).parent / words[0]
    done = subprocess.run([str(program), *words[1:]], check=False, capture_output=True, text=True)
    print(f"{name:<13}{'ok' if done.returncode == 0 else 'FAILED'}  {time.monotonic() - started:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def _pytest(options: list[str], words: list[str], environment: dict[str, str]) -> int:
    # Whole runs are shared between two processes, file by file, each with a database of its own.
    side_by_side = [] if words or (os.cpu_count() or 1) < 2 else ["-n", "2", "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", "-ra", *side_by_side, *options, *words]
    return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode


def _on_system_postgres(code: int) -> int:
    """Run the tests of the data layer once more on the system's PostgreSQL, where there is one."""
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")):
        print("The system has no PostgreSQL: its tests are skipped. Install the package postgresql to run them.")
        return code
    folder = Path("build") / "system-postgres"
    environment = {**os.environ, "GUANXI_HOME": str(folder.absolute()), "GUANXI_POSTGRES": "system"}
    words = ["test", "--no-checks", "--", *(name for name in _DATA_LAYER if Path(name).exists())]
    return subprocess.run([sys.executable, "-m", "guanxi.cli", *words], check=False, env=environment).returncode or code
