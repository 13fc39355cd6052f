"""Files sent and asked for as the card of a customer does."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from guanxi.work.attachment.models import Attachment
from tests.world import HOST, World

CONTRACT = b"%PDF-1.7\r\n" + bytes(range(256)) * 3000


def upload(world: World, who: str, name: str, content: bytes = CONTRACT, customer: int = 0, **extra: Any) -> Any:
    """Send one file as the card does."""
    path = f"/customers/{customer or world.own['customer']}/files?name={quote(name)}"
    headers = {"HTTP_HX_REQUEST": "true", **HOST, **extra}
    return world.clients[who].generic("POST", path, content, content_type="application/octet-stream", **headers)


def download(world: World, who: str, file_id: int) -> Any:
    """Ask for the bytes of a file."""
    return world.clients[who].get(f"/files/{file_id}/download", **HOST)


def newest() -> Attachment:
    """The file that was added last."""
    return Attachment._default_manager.order_by("-pk")[0]


def stored(folder: Path) -> list[str]:
    """Everything that lies in the folder, by name."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def problem(answer: Any) -> str:
    """The sentence of a refusal."""
    return unquote(str(answer["X-Problem"]))
