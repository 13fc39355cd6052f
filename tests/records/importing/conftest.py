"""Files to import, and the short way to load them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.core.actor import SYSTEM, Actor, Scope
from guanxi.identity.models import User
from guanxi.records.importing.job import get_job
from guanxi.records.importing.run import ImportResult, import_file
from guanxi.records.models import ImportJob

Load = Callable[..., ImportResult]
VERBS = ("view", "create", "edit", "delete", "export", "import")


@pytest.fixture
def load(tmp_path: Path, django_db_blocker: Any, db: None) -> Load:
    """Load text as a file: ``load(text, "customer", encoding=…, **options)``."""
    number = 0

    def run(text: str, plan: str, *, encoding: str = "utf-8", name: str = "", **options: Any) -> ImportResult:
        nonlocal number
        number += 1
        path = tmp_path / (name or f"file{number}.csv")
        path.write_bytes(text.encode(encoding))
        return import_file(path, record_type=plan, source=options.pop("source", "shop"), **options)

    return run


def job_of(result: ImportResult) -> ImportJob:
    """The job behind a result."""
    return get_job(SYSTEM, result.job_id)


def rows(result: ImportResult) -> dict[str, int]:
    """The counts of rows that are not zero."""
    names = ("created", "updated", "unchanged", "skipped", "errors")
    return {name: result.counts[name] for name in names if result.counts[name]}


def user_with(verbs: dict[str, Scope], types: tuple[str, ...], **more: Any) -> Actor:
    """An actor for a new user who may apply the verbs to records of the types."""
    count = User.objects.count()
    user = User.objects.create_user(f"importer{count}@example.com", name=f"Importer {count}")
    return Actor(user_id=user.pk, name=user.name, grants=dict.fromkeys(types, verbs), **more)
