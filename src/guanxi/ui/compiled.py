"""Compiled templates kept in a folder, so that a new process shows its first pages as fast as its later ones."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

import guanxi


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps what was compiled for one language until a template, a sentence or what compiles them changes.

    Whoever may write to ``folder`` may change what the program does: it belongs to the account of the program alone.
    Where it can't be written, every process compiles for itself.
    """

    def __init__(self, folder: Path, language: str) -> None:
        """Make the folder, and take away what was kept for an earlier state of the language."""
        state = _state()
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for kept in folder.glob(f"{language}-*.cache"):
                if not kept.name.startswith(f"{language}-{state}-"):
                    kept.unlink(missing_ok=True)
        super().__init__(str(folder), f"{language}-{state}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was kept, if it can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; a full or forbidden disk is no reason to show no page."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


@cache
def _state() -> str:
    """Return a digest of all that goes into compiled templates beside their own source: sentences and this package."""
    root = Path(guanxi.__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted((*root.glob("**/*.mo"), *(root / "ui").glob("*.py"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()
