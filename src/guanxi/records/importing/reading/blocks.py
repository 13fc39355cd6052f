"""A text file of any encoding as bounded blocks of UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from guanxi.records.importing.reading.limits import ImportRefused

BLOCK = 1 << 20


def utf8_blocks(path: Path, encoding: str, *, newline: str = "\r\n", size: int = BLOCK) -> Iterator[tuple[bytes, int]]:
    r"""Yield ``(text, offset)``: UTF-8 text with newlines as ``\n``, and the place reached in the file, in bytes.

    ``newline`` is what becomes ``\n``: ``"\r"`` for files that know no other.
    No block is longer than about four times ``size``. Raises ``ImportRefused``: ``undecodable`` with the position of
    the first byte that the encoding does not allow, ``nul_bytes`` where text holds U+0000.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as file:
        held = ""
        while True:
            raw = file.read(size)
            text = held + _decode(decoder, raw, offset, encoding)
            offset += len(raw)
            if "\x00" in text:
                raise ImportRefused("nul_bytes", position=offset - len(raw))
            # A carriage return at the very end may be the first half of a newline.
            held = "\r" if raw and newline != "\r" and text.endswith("\r") else ""
            text = text[: len(text) - len(held)].replace(newline, "\n")
            if text:
                yield text.encode("utf-8", "replace"), offset
            if not raw:
                return


def _decode(decoder: codecs.IncrementalDecoder, raw: bytes, offset: int, encoding: str) -> str:
    pending = len(decoder.getstate()[0])
    try:
        return decoder.decode(raw, not raw)
    except UnicodeDecodeError as error:
        position = max(0, offset - pending + error.start)
        raise ImportRefused("undecodable", encoding=encoding, position=position) from error
