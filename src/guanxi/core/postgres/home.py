"""Where an installation keeps its data and its secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def checkout() -> Path | None:
    """Return the root of the source tree the package runs from, or None when it was installed from a wheel."""
    root = _PACKAGE.parents[1]
    return root if _PACKAGE.parent.name == "src" and (root / "pyproject.toml").is_file() else None


def home() -> Path:
    """Return the folder for data, secrets and logs of this installation (not created here).

    ``GUANXI_HOME`` names it; otherwise it is ``var`` in the checkout, or the user's data folder for an installed wheel.
    """
    named = os.environ.get("GUANXI_HOME")
    if named:
        return Path(named).expanduser().resolve()
    root = checkout()
    if root is not None:
        return root / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "guanxi"


def make_home() -> Path:
    """Create the installation's folder if it is missing and return it."""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_path(name: str) -> Path:
    """Return the path of the secret called ``name``, whether or not it exists."""
    return home() / "secrets" / name


def read_secret(name: str) -> str | None:
    """Return the stored secret called ``name``, or None where there is none."""
    try:
        return secret_path(name).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def store_secret(name: str, value: str) -> None:
    """Write a secret to a file that only its owner can read; replaces an older one in one step."""
    path = secret_path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    fresh = path.with_name(f".{name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def ensure_secret(name: str, length: int = 32) -> str:
    """Return the secret called ``name``, making it from ``length`` random bytes at the first call."""
    value = read_secret(name)
    if value is None:
        value = secrets.token_urlsafe(length)
        store_secret(name, value)
    return value
