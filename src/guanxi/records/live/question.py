"""What a browser asks while pages are open: which records they show, in which versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from guanxi.core.errors import Invalid
from guanxi.records.declaration import RecordType
from guanxi.records.registry import type_at

MOST_ROWS, MOST_OPEN = 500, 12
MODES = ("view", "edit")
Rows = Mapping[str, Mapping[str, int]]


class OpenRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A record whose page is open: ``path`` of its type, the version shown, whether fields are being edited, whether
    somebody is looking at it just now, and whether the cards around it are asked about too.
    """

    path: str
    id: int
    version: int = 0
    mode: str = "view"
    seen: bool = False
    around: bool = False


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a question. ``rows`` maps the path of a type to ids with the version shown (0: not known yet)."""

    browser: str = ""
    rows: Rows = {}
    open: Sequence[OpenRecord] = ()
    left: Sequence[OpenRecord] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that is open in the asking browser and that its user may see."""

    record_type: RecordType
    id: int
    version: int
    mode: str
    seen: bool
    around: bool = False

    @property
    def key(self) -> str:
        """Return what the record is called in question and answer."""
        return f"{self.record_type.path}/{self.id}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was understood: ``rows`` by type, ``opened`` as far as they may be seen, ``left`` behind."""

    browser: str = ""
    rows: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    opened: tuple[Opened, ...] = ()
    left: tuple[tuple[str, int], ...] = ()


def read_question(body: bytes) -> Question:
    """Return the question of a body; raises ``Invalid`` for one that no page of ours sends."""
    try:
        sent = msgspec.json.decode(body or b"{}", type=Sent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid({"": [str(error)]}) from error
    rows = {path: _numbers(versions) for path, versions in sent.rows.items() if type_at(path) is not None}
    if sum(map(len, rows.values())) > MOST_ROWS or len(sent.open) > MOST_OPEN:
        raise Invalid({"rows": ["Too many records at once."]})
    opened = [_opened(item) for item in sent.open]
    left = [_opened(item) for item in sent.left[:MOST_OPEN]]
    return Question(
        sent.browser[:36], rows, tuple(item for item in opened if item is not None),
        tuple((item.record_type.name, item.id) for item in left if item is not None),
    )  # fmt: skip


def _numbers(versions: Mapping[str, int]) -> dict[int, int]:
    return {int(key): version for key, version in versions.items() if key.isdecimal() and len(key) < 19}


def _opened(item: OpenRecord) -> Opened | None:
    record_type = type_at(item.path)
    if record_type is None or not 0 < item.id < 2**62:
        return None
    mode = item.mode if item.mode in MODES else MODES[0]
    return Opened(record_type, item.id, item.version, mode, item.seen, item.around)
