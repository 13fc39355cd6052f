"""Files that people upload to import: where they lie, and what they seem to be."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from guanxi.core.actor import Actor
from guanxi.records.importing.headers import map_headers
from guanxi.records.importing.plan import ImportPlan, hangs_on, plans
from guanxi.records.importing.proposing import field_of
from guanxi.records.importing.reading import ImportRefused, Limits, open_source
from guanxi.records.importing.targets import targets_of
from guanxi.records.importing.uploaded import upload_folder

_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".ndjson", ".parquet"})


def keep_upload(chunks: Iterable[bytes], file_name: str) -> Path:
    """Write an uploaded file below the installation's files under a name of our own and return its path.

    Raises ``ImportRefused`` when it is larger than a file may be; nothing is left of it then.
    """
    folder = upload_folder()
    folder.mkdir(parents=True, exist_ok=True)
    suffix = Path(file_name).suffix.lower()
    path = folder / f"{secrets.token_hex(16)}{suffix if suffix in _SUFFIXES else ''}"
    limit, size = Limits().file_bytes, 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise ImportRefused("file_too_large", limit=limit)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def offered_plans(actor: Actor) -> list[ImportPlan]:
    """Return the plans whose records the actor may import."""
    return [
        plan
        for plan in plans()
        if all(actor.may(verb, plan.root_part.type_name) for verb in ("import", "create", "edit"))
    ]


def guess_plan(path: Path, actor: Actor) -> ImportPlan | None:
    """Return the plan that recognises most columns of a file, or None when the actor may import nothing.

    Raises ``ImportRefused`` when the file can't be read.
    """
    described = open_source(path).describe()
    best: tuple[float, ImportPlan] | None = None
    for plan in offered_plans(actor):
        targets = targets_of(plan, actor)
        found = map_headers(described.columns, None, [field_of(plan, target) for target in targets])
        mapped = {item.path for item in found if item.path}
        needed = {target.key for target in targets if target.required}
        if hangs_on(plan.root_part.record_type) and plan.root_part.is_checked and not needed <= mapped:
            continue
        score = sum(item.confidence for item in found if item.path)
        # A plan that needs lines makes no sense of a file without any.
        if best is None or score > best[0] + 0.01:
            best = (score, plan)
    return None if best is None else best[1]
