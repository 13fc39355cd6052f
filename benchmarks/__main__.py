"""``./guanxi bench NAME``: runs one benchmark; prints a table, or with ``--json`` one JSON object and nothing else."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.machine import describe_machine, processor_ticks, stolen_share

BENCHMARKS = {
    "web": "pages and JSON of list, filter, search, record, save, board and report, beside the floor and Tryton",
    "ui": "pages in Chromium: painted, answering, bytes and requests, with an empty and a full cache",
    "import": "rows a second of customers and order lines from files, and the memory it takes",
    "match": "who is the same person in two records, on public sets with the truth",
    "undo": "undoing a bulk edit of 100,000 rows, and lists as of a time before 1,000 changes",
}
_MODULES = {
    "web": "benchmarks.web",
    "ui": "benchmarks.ui",
    "import": "benchmarks.importing",
    "match": "benchmarks.match",
    "undo": "benchmarks.time_machine",
}


def main(words: list[str]) -> int:
    """Run the benchmark that ``words`` name; exit code 2 for an unknown name."""
    if "--list" in words:
        for name, text in BENCHMARKS.items():
            print(f"{name:<8} {text}")
        return 0
    if not words or words[0] not in BENCHMARKS:
        print(f"Name one of: {', '.join(BENCHMARKS)} (--list explains them).", file=sys.stderr)
        return 2
    module = importlib.import_module(_MODULES[words[0]])
    parser = argparse.ArgumentParser(prog=f"./guanxi bench {words[0]}", description=BENCHMARKS[words[0]])
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    module.configure(parser)
    arguments = parser.parse_args(words[1:])
    before = processor_ticks()
    result = {"benchmark": words[0], "machine": describe_machine(), **module.run(arguments)}
    result["stolen_share"] = stolen_share(before)
    print(json.dumps(result, indent=None, ensure_ascii=False) if arguments.json else _table(result))
    return 0


def _table(result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    lines = [
        f"{result['benchmark']}: {machine['date']}, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, Python {machine['python']}, PostgreSQL {result.get('postgres', '')}"
    ]
    for key, value in result.items():
        if key not in ("benchmark", "machine", "postgres", "figures"):
            lines.append(f"{key}: {value}")
    figures: Mapping[str, Mapping[str, Any]] = result["figures"]
    columns = list(dict.fromkeys(name for row in figures.values() for name in row))
    lines.append("  ".join([f"{'':<14}", *(f"{name:>12}" for name in columns)]))
    for name, row in figures.items():
        lines.append("  ".join([f"{name:<14}", *(f"{_shown(row.get(column)):>12}" for column in columns)]))
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return "–" if value is None else f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
