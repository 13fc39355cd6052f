"""Names of files: what may stand in them, and what is left of one that came from a stranger's machine."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text

MAX_NAME = 255
UNKNOWN_TYPE = "application/octet-stream"
_CHECKSUM = re.compile(r"[0-9a-f]{64}")
_ICONS = (("image/", "image"), ("text/", "file-text"), ("application/pdf", "file-text"), ("application/zip", "archive"))
_TYPES = mimetypes.MimeTypes(filenames=())  # the table of the language alone: the same on every machine
for _suffix, _type in (
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("md", "text/markdown"), ("heic", "image/heic"), ("webp", "image/webp"), ("7z", "application/x-7z-compressed"),
):  # fmt: skip
    _TYPES.add_type(_type, f".{_suffix}")


def clean_name(name: str) -> str:
    """Return the last part of a path without what no reader sees: control signs, signs that turn the direction round.

    Such a sign makes ``gpj.exe`` read as ``exe.jpg``. Unicode is composed (NFC), since macOS sends it taken apart.
    """
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(sign for sign in unicodedata.normalize("NFC", last) if not _is_hidden(sign))
    return "" if set(seen) <= {".", " "} else seen.strip()


def check_file(facts: dict[str, Any]) -> dict[str, list[type_text]]:
    """Refuse a name that holds a folder or hidden signs, also one that is typed in later."""
    name = str(facts.get("name") or "")
    return {} if name == clean_name(name) else {"name": [_("A name of a file holds no slashes and no hidden signs.")]}


def media_type_of(name: str) -> str:
    """Return what a file seems to be by the end of its name; it is shown, and never decides how a file is served."""
    return _TYPES.guess_type(name)[0] or UNKNOWN_TYPE


def icon_of(media_type: str) -> str:
    """Return the icon that stands for a kind of file."""
    return next((icon for start, icon in _ICONS if media_type.startswith(start)), "file")


def is_checksum(text: str) -> bool:
    """Say whether a text is a SHA-256 in small hexadecimal letters, and so may name a file on the disk."""
    return _CHECKSUM.fullmatch(text) is not None


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")
