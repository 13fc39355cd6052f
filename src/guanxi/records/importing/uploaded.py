"""The folder of uploaded files: what lies in it belongs to the import that it was uploaded for."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def upload_folder() -> Path:
    """Return the folder below the installation's files into which uploads go."""
    return Path(settings.MEDIA_ROOT) / "imports"


def is_upload(path: Path) -> bool:
    """Say whether a file was uploaded, so that it goes when its import goes."""
    return path.resolve().parent == upload_folder().resolve()
