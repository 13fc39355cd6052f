"""One private PostgreSQL cluster: where it lives, how it is made, started, stopped and recovered after a crash."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .binaries import Binaries, copy_binaries, find_binaries
from .errors import DatabaseUnavailable
from .tuning import server_settings

SUPERUSER = "postgres"
PORT = 5432
_SOCKET_NAME = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 107  # bytes in sockaddr_un.sun_path on Linux, less the closing zero
_RETRY_SECONDS = 30.0
_RECOVERY_SECONDS = 600
_LARGEST_LOG = 10_000_000


@dataclass(frozen=True)
class Cluster:
    """A cluster in ``root``. ``user`` is the unprivileged user it runs as when we are root, otherwise None."""

    root: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.root / "server.log"

    @property
    def socket_folder(self) -> Path:
        """The folder of the Unix socket: in ``root``, or a short private one where that path is too long."""
        folder = self.root / "socket"
        if len(os.fsencode(folder / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
            return folder
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        base = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")
        return base / f"guanxi-{os.geteuid()}-{mark}"

    def exists(self) -> bool:
        """Tell whether the cluster has been made."""
        return (self.data / "PG_VERSION").exists()

    def binaries(self) -> Binaries:
        """Return programs of the cluster's major version that its user may run, copying them where needed."""
        major = int((self.data / "PG_VERSION").read_text().split(".")[0]) if self.exists() else None
        found = find_binaries(major)
        if self.user is None or found.origin == "system" or _reachable(found.folder, self.user):
            return found
        return copy_binaries(found, self.root / "binaries")

    def create(self, superuser_password: str) -> None:
        """Make the cluster: UTF-8, order of code points, data checksums, scram passwords only. About one second."""
        self._make_folder(self.root, 0o755)
        _sweep(self.root)
        fresh = self.root / f"data.new-{secrets.token_hex(4)}"
        password = self.root / f"password.new-{secrets.token_hex(4)}"
        password.touch(mode=0o600)
        self._own(password)
        password.write_text(superuser_password, encoding="ascii")
        try:
            made = self._run(
                "initdb", "-D", fresh, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "-k",
                "-A", "scram-sha-256", f"--pwfile={password}",
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise DatabaseUnavailable(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'guanxi.conf'\n")
        fresh.rename(self.data)  # only a complete cluster ever carries the final name

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash retry for 30 s and clear what the dead one left.

        Raises ``DatabaseUnavailable`` with the end of the server's log.
        """
        self._make_folder(self.socket_folder, 0o700)
        self._write_settings()
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        deadline = time.monotonic() + _RETRY_SECONDS
        while True:
            started = self._run("pg_ctl", "-D", self.data, "-w", "-t", _RECOVERY_SECONDS, "-l", self.log, "start")
            if started.returncode == 0:
                return
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"PostgreSQL does not start. The end of {self.log}:\n{self._log_end()}")
            self._clear_stale_lock()
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop the server, rolling back what is unfinished (fast shutdown); harmless when it does not run."""
        if self.postmaster() is not None:
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", 60, "stop")

    def postmaster(self) -> int | None:
        """Return the process id of the live server, or None. A zombie or a reused id does not count."""
        pid = self._recorded_pid()
        try:
            # A PostgreSQL process makes the data folder its own; a zombie has no folder any more.
            return pid if pid is not None and os.readlink(f"/proc/{pid}/cwd") == str(self.data) else None
        except OSError:
            return None

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _processes(self) -> set[int]:
        """Return the live processes that work in the data folder."""
        data = str(self.data)
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "cwd") == data:
                        found.add(int(entry.name))
                except OSError:
                    continue
        return found

    def _clear_stale_lock(self) -> None:
        """Remove the lock of a killed server, but only when no process of it is left in the data folder.

        PostgreSQL itself refuses while the recorded id exists, and a killed server can linger as a zombie for ever
        where nobody reaps it, or its id may have gone to another program.
        """
        if self.postmaster() is not None:
            return
        left = self._processes()
        if not left:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f"{_SOCKET_NAME}.lock").unlink(missing_ok=True)
            return
        for pid in left:  # orphans of a killed server; SIGQUIT makes them leave at once, and recovery follows
            try:
                os.kill(pid, signal.SIGQUIT)
            except ProcessLookupError:
                continue

    def _write_settings(self) -> None:
        path = self.data / "guanxi.conf"
        path.write_text(server_settings(self.socket_folder, PORT), encoding="utf-8")
        path.chmod(0o600)
        self._own(path)

    def _log_end(self) -> str:
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
        except FileNotFoundError:
            return "(no log)"

    def _make_folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        expected = os.geteuid() if self.user is None else self.user.pw_uid
        owner = folder.stat().st_uid
        if folder.is_symlink() or owner not in (expected, os.geteuid()):
            raise DatabaseUnavailable(f"{folder} belongs to somebody else. Remove it or set GUANXI_HOME.")
        folder.chmod(mode)
        self._own(folder)

    def _own(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(self.binaries().program(program)), *map(str, arguments)]
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
        user = None if self.user is None else self.user.pw_uid
        group = None if self.user is None else self.user.pw_gid
        return subprocess.run(
            command,
            check=False,
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            user=user,
            group=group,
            extra_groups=None if self.user is None else [],
        )


def locate_cluster(home: Path) -> Cluster:
    """Return the cluster of the installation in ``home`` (made or not).

    As root it belongs to an unprivileged user. Where that user cannot reach ``home`` (a checkout below a private
    folder), the cluster lives in /var/lib/guanxi and ``home/postgres`` points to it.
    """
    link = home / "postgres"
    if os.geteuid() != 0:
        return Cluster(link.resolve(), None)
    user = _server_user(link)
    if not link.exists() and not link.is_symlink() and not _reachable(home, user):
        mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        real = Path("/var/lib/guanxi") / mark
        real.mkdir(parents=True, exist_ok=True)
        link.symlink_to(real)
    return Cluster(link.resolve(), user)


def _server_user(root: Path) -> pwd.struct_passwd:
    """Return the user the server runs as under root: the data's owner, ``postgres``, ``guanxi`` (made if need be)."""
    data = root / "data"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "guanxi"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd:
        subprocess.run([useradd, "--system", "--shell", "/usr/sbin/nologin", "guanxi"], check=True, capture_output=True)
        return pwd.getpwnam("guanxi")
    return pwd.getpwnam("nobody")


def _reachable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether ``user`` may pass through every folder from the root of the file system to ``folder``."""
    for each in (folder, *folder.parents):
        about = each.stat() if each.exists() else None
        if about is not None and not about.st_mode & (0o100 if about.st_uid == user.pw_uid else 0o001):
            return False
    return True


def _sweep(root: Path) -> None:
    """Remove what an interrupted first start left behind."""
    for path in root.glob("*.new-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
