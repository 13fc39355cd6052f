"""Addresses of the built front-end files, from the manifest that the build writes beside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.templatetags.static import static

STATIC: Final = Path(__file__).resolve().parent / "static"
DIST: Final = STATIC / "dist"

_ENTRIES: Final = {
    "core.js": ("src/core.ts", "file"),
    "core.css": ("src/core.ts", "css"),
    "import.css": ("src/styles/import-pages.css", "file"),
    "settings.css": ("src/styles/settings.css", "file"),
    "calendar.css": ("src/styles/calendar.css", "file"),
    "time.css": ("src/styles/time.css", "file"),
    "talk.css": ("src/styles/talk.css", "file"),
    "told.css": ("src/styles/told.css", "file"),
    "stories.css": ("src/styles/story.css", "file"),
    "icons.svg": ("src/generated/icons.svg", "file"),
    "inter.woff2": ("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", "file"),
}


class FrontEndNotBuilt(RuntimeError):
    """The front end has not been built yet: set-up runs ``npm ci`` and ``npm run build`` in ``frontend/``."""


def read_manifest(folder: Path = DIST) -> dict[str, Any]:
    """Return the manifest of the build in ``folder``; raises ``FrontEndNotBuilt`` where there is none."""
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FrontEndNotBuilt(f"{path} is missing; run `npm ci && npm run build` in frontend/") from None
    return manifest


def static_asset(name: str) -> str:
    """Return the address of ``icon.svg`` (the site icon), ``app-180.png`` (the home screen) or of a built file:
    ``core.js``, ``core.css``, ``icons.svg`` ….

    The site icon, 330 bytes, is its own address, so that no page has to ask for it. Built files carry a content hash.
    Worked out once per process, in debug mode at every call: a page asks for the icons a hundred times. Raises
    ``KeyError`` for another name.
    """
    return _address(name, read_manifest()) if settings.DEBUG else _kept_address(name)


@lru_cache(maxsize=16)
def _kept_address(name: str) -> str:
    return _address(name, read_manifest())


def _address(name: str, manifest: dict[str, Any]) -> str:
    if name == "icon.svg":
        drawing = (STATIC / "ui" / "icon.svg").read_text(encoding="utf-8")
        return "data:image/svg+xml," + quote(drawing.strip(), safe="=:/,")
    if name == "app-180.png":
        return static("dist/app-180.png")
    entry, part = _ENTRIES[name]
    found = manifest[entry][part]
    return static("dist/" + (found[0] if isinstance(found, list) else found))
