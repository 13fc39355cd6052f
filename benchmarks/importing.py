"""How fast files become records: customers with their contact points, then order lines, in one process each.

Validated, normalised, with history and external keys, as the wizard does it. ``peak_mb`` is that of the product's own
process; ``cpu_s`` is its processor time and ``server_cpu_s`` that of the database server, which work side by side.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import place

CUSTOMERS = {
    "external_id": "customer.external_id", "kind": "customer.kind", "name": "customer.name",
    "name_latin": "customer.latin_name", "language": "customer.preferred_language", "mobile": "mobile.value",
    "email": "email.value", "city": "customer.city", "country": "customer.country", "status": "customer.status",
    "source": "customer.acquired_through", "created_on": "customer.customer_since",
}  # fmt: skip
LINES = {
    "order_id": "order.external_id", "customer_id": "customer.external_id", "sku": "product.sku",
    "ordered_at": "order.ordered_at", "channel": "order.channel", "quantity": "line.quantity",
    "unit_price": "line.unit_price", "discount": "line.discount", "amount": "line.amount", "cost": "line.cost",
    "currency": "order.currency",
}  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--customers", type=int, default=100_000, help="rows of customers; data set L is 1000000")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--only", choices=("customers", "order_lines"), help="load one of the two files (default both)")
    parser.add_argument("--bad-rows", action="store_true", help="make 5 %% of the rows wrong")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the files, load customers and then lines into an empty database, and return the figures."""
    from benchmarks.dataset import customers, order_lines, write_chunks
    from benchmarks.machine import cpu_seconds

    folder = place.choose_home(arguments.customers + 7) / "import"
    folder.mkdir(parents=True, exist_ok=True)
    plan = (("customers", customers, "customer", CUSTOMERS), ("order_lines", order_lines, "order_line", LINES))
    figures: dict[str, Any] = {}
    with place.database() as urls:
        _empty(urls.owner)
        for name, made, record_type, columns in plan:
            path = folder / f"{name}{'-bad' if arguments.bad_rows else ''}.{arguments.format}"
            if arguments.only not in (None, name):
                continue
            if not path.exists():
                write_chunks(path, made(arguments.customers, bad_rows=arguments.bad_rows))
            before = cpu_seconds(place.postmaster())
            figures[name] = _in_own_process(path, record_type, columns)
            figures[name]["server_cpu_s"] = round(cpu_seconds(place.postmaster()) - before, 1)
    return {"customers": arguments.customers, "format": arguments.format, "figures": figures}


def _empty(owner_url: str) -> None:
    import psycopg

    tables = "customers_customer, customers_order, customers_orderline, catalog_product, records_externalkey"
    with psycopg.connect(owner_url) as connection:
        connection.execute(f"TRUNCATE {tables}, records_change, records_importjob CASCADE")


def _in_own_process(path: Path, record_type: str, columns: dict[str, str]) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.importing", str(path), record_type, json.dumps({"columns": columns})]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=place.ROOT, env=dict(os.environ))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(path: str, record_type: str, mapping: str) -> None:
    """Load one file in this process and print rows a second, peak memory in MB, and counts as JSON."""
    from guanxi.cli.django_setup import use_django

    use_django("app")
    from guanxi.records.importing.run import import_file

    began, worked = time.monotonic(), time.process_time()
    result = import_file(Path(path), record_type=record_type, source="bench", mapping=json.loads(mapping))
    seconds = time.monotonic() - began
    rows = sum(int(result.counts[name]) for name in ("created", "updated", "unchanged", "skipped", "errors"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "rows": rows, "errors": result.errors, "seconds": round(seconds, 1), "rows_per_s": round(rows / seconds),
        "peak_mb": round(peak), "cpu_s": round(time.process_time() - worked, 1),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
