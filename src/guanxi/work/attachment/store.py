"""Where the bytes of files lie: once each, under their SHA-256, below the files of the installation.

Bytes arrive under a name of their own in ``.arriving`` and move to their place in the transaction that writes the row:
a reader never meets half a file, and a failed transaction leaves at most a file that nobody refers to. ``sweep`` takes
these away. Writers share a lock of the database that the sweep takes alone, so it can't take what is just being used.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import connection, transaction

from guanxi.work.attachment.errors import ContentMissing, FileTooLarge, NoSpace
from guanxi.work.attachment.rules import is_checksum

BLOCK: Final = 256 * 1024
KEPT: Final = "sha256"
ARRIVING: Final = ".arriving"
DAY_SECONDS: Final = 24 * 3600
_LOCK: Final = 7_203_114_918
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that are whole on the disk and not yet in their place; ``size`` is in bytes."""

    path: Path
    size: int
    sha256: str


def place_of(sha256: str) -> Path:
    """Return where the bytes with this checksum lie. Raises ``ContentMissing`` for what is no checksum."""
    if not is_checksum(sha256):
        raise ContentMissing
    return _root() / KEPT / sha256[:2] / sha256


@contextmanager
def arriving(read: Callable[[int], bytes], limit: int) -> Iterator[Arrived]:
    """Write what ``read`` gives to the disk, block by block; what the caller does not ``keep`` is gone afterwards.

    Raises ``FileTooLarge`` (without params) past ``limit`` bytes, ``NoSpace`` when the disk is full.
    """
    folder = _root() / ARRIVING
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    try:
        with _space():
            arrived = _write(path, read, limit)
        yield arrived
    finally:
        path.unlink(missing_ok=True)


def keep(arrived: Arrived) -> None:
    """Move arrived bytes to their place, within the transaction that refers to them.

    Bytes that are there already are put down again: the file is whole either way, and young for the sweep.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    place = place_of(arrived.sha256)
    with _space():
        place.parent.mkdir(parents=True, exist_ok=True)
        arrived.path.replace(place)
        _settle(place.parent)


def open_kept(sha256: str) -> BinaryIO:
    """Open the bytes with this checksum for reading. Raises ``ContentMissing``."""
    try:
        return place_of(sha256).open("rb")
    except OSError as error:
        raise ContentMissing from error


def sweep(referenced: Callable[[Collection[str]], Collection[str]], now: datetime) -> int:
    """Take away bytes that nobody refers to and that are older than a day; return the number of files.

    ``referenced`` returns those of some checksums that a row names. One short transaction for each folder.
    """
    old = now.timestamp() - DAY_SECONDS
    removed = sum(_remove(path) for path in _older(_root() / ARRIVING, old))
    for folder in sorted((_root() / KEPT).glob("[0-9a-f][0-9a-f]")):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            found = {path.name: path for path in _older(folder, old) if is_checksum(path.name)}
            used = referenced(found.keys()) if found else ()
            removed += sum(_remove(path) for name, path in found.items() if name not in used)
    return removed


def _write(path: Path, read: Callable[[int], bytes], limit: int) -> Arrived:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := read(BLOCK):
            size += len(block)
            if size > limit:
                raise FileTooLarge
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return Arrived(path, size, digest.hexdigest())


@contextmanager
def _space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace from error
        raise


def _settle(folder: Path) -> None:
    """Make new names in a folder outlive a power failure."""
    for each in (folder, folder.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _older(folder: Path, instant: float) -> list[Path]:
    return [path for path in folder.glob("*") if path.is_file() and path.stat().st_mtime < instant]


def _remove(path: Path) -> int:
    path.unlink(missing_ok=True)
    return 1


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
