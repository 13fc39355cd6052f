"""Settings of the embedded server for a small machine: durable first, then quick."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1 << 20


def server_settings(socket_folder: Path, port: int) -> str:
    """Return the text of the settings file for this machine's memory and cores.

    A quarter of the memory, at most 1 GB, is shared cache: analytics and Python run beside the server. Durability
    (fsync, full pages, synchronous commit) is never traded for speed; a running import relaxes the last for its own
    batches, which it would load again (docs/adr/0013). Just-in-time compilation costs more than it
    saves on the short queries of a customer system.
    """
    memory = _memory_megabytes()
    cores = os.cpu_count() or 1
    settings: dict[str, object] = {
        "listen_addresses": "''",
        "port": port,
        "unix_socket_directories": "'\"{}\"'".format(str(socket_folder).replace("'", "''")),
        "unix_socket_permissions": "0700",
        "password_encryption": "'scram-sha-256'",
        "max_connections": 80,
        "shared_buffers": f"{max(64, min(1024, memory // 4))}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(512, memory // 16))}MB",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_compression": "on",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "10min",
        "checkpoint_completion_target": 0.9,
        "random_page_cost": 1.1,
        "effective_io_concurrency": 64,
        "default_statistics_target": 200,
        "jit": "off",
        "max_worker_processes": max(4, cores),
        "max_parallel_workers": cores,
        "max_parallel_workers_per_gather": max(1, cores // 2),
        "autovacuum_vacuum_scale_factor": 0.05,
        "autovacuum_analyze_scale_factor": 0.02,
        "idle_in_transaction_session_timeout": "15min",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_duration_statement": "2s",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
    }
    lines = ["# Written by the program at every start; put your own settings into postgresql.conf below the include."]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in settings.items())]) + "\n"


def _memory_megabytes() -> int:
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE)
