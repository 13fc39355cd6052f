"""The installation that benchmarks run on: its own folder and server, filled once for each scale."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guanxi.cli.commands.serve import CONNECTIONS, THREADS
from guanxi.core import postgres

ROOT = Path(__file__).resolve().parents[1]


def choose_home(customers: int) -> Path:
    """Point this process and those it starts at the folder for data sets of this size; call before Django is set up."""
    base = os.environ.get("GUANXI_BENCH_HOME") or str(ROOT / "var" / "bench")
    home = Path(base) / str(customers)
    home.mkdir(parents=True, exist_ok=True)
    os.environ["GUANXI_HOME"] = str(home)
    os.environ.pop("GUANXI_DATABASE_URL", None)
    return home


@contextmanager
def database() -> Iterator[postgres.Urls]:
    """Keep the database server of the chosen folder up, migrated."""
    with postgres.lease(stop_when_last=True) as urls:
        subprocess.run([sys.executable, "-m", "guanxi.cli", "migrate", "--quiet"], check=True, cwd=ROOT)
        yield urls


def postmaster() -> int:
    """Return the process id of the database server."""
    status = postgres.status()
    if status.pid is None:
        raise RuntimeError("The database server of the benchmark is not running.")
    return status.pid


@contextmanager
def web_server(target: str, port: int, *, workers: int = 2, **environment: str) -> Iterator[int]:
    """Serve a WSGI application with granian as the product does; yields the process id once it answers."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--backpressure", str(CONNECTIONS), "--no-ws",
        target,
    ]  # fmt: skip
    search = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    log = Path(os.environ["GUANXI_HOME"]) / f"server-{port}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment, "PYTHONPATH": search}, stdout=sink, stderr=sink
        )
    try:
        _wait(port, process, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=120)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    import socket

    for _attempt in range(1800):
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once: {log.read_text()[-500:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and "Started worker" in log.read_text():
                time.sleep(1)
                return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start: {log.read_text()[-500:]}")
