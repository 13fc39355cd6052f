"""What a figure was measured on, and what processes cost: read from /proc."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_TICK = os.sysconf("SC_CLK_TCK")


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory, Python version and the present day."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": names[0].partition(":")[2].strip() if names else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1024**2, 1),
        "python": platform.python_version(),
    }


def processor_ticks() -> tuple[int, int]:
    """Return the ticks of all processors since the start, and those that other guests of the host took (``stolen``)."""
    times = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(times), times[7]


def stolen_share(before: tuple[int, int]) -> float:
    """Return what share of the processors other guests of the host took since ``before``, from 0 to 1.

    Where it is more than a few hundredths, times of that run say more of the neighbours than of the product.
    """
    total, stolen = processor_ticks()
    return round((stolen - before[1]) / max(1, total - before[0]), 3)


def tree_of(root: int) -> set[int]:
    """Return a process id with those of all processes below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = {root}, [root]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def cpu_seconds(*roots: int) -> float:
    """Return the processor time that the process trees have taken so far, ended and reaped children included."""
    ticks = 0
    for pid in set().union(*(tree_of(root) for root in roots)):
        fields = _stat(pid)
        if fields:
            ticks += sum(int(fields[at]) for at in (11, 12, 13, 14))
    return ticks / _TICK


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, or nothing when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
