"""Proposes a mapping for a file: columns recognised by their headers and content."""

from __future__ import annotations

from django.utils import translation

from guanxi.core.actor import Actor
from guanxi.records.importing.headers import CONFIDENT, Mapping, TargetField, map_headers
from guanxi.records.importing.job import plan_of, source_of
from guanxi.records.importing.mapping import ColumnMapping, mapping_from
from guanxi.records.importing.rejects import REASON_COLUMNS
from guanxi.records.importing.targets import Target, targets_of
from guanxi.records.models import ImportJob


def proposals(job: ImportJob, actor: Actor) -> list[Mapping]:
    """Return for each column of the file where it should go, and how certain that is.

    The columns that a rejects file adds are for people and go nowhere.
    """
    plan = plan_of(job)
    source = source_of(job)
    fields = [_field(target, plan.concepts.get(target.key, "")) for target in targets_of(plan, actor)]
    columns = [name for name in source.describe().columns if name not in REASON_COLUMNS]
    found = {item.column: item for item in map_headers(columns, source.describe().first_rows, fields)}
    return [found.get(name, Mapping(name, None)) for name in source.describe().columns]


def propose_mapping(job: ImportJob, actor: Actor) -> ColumnMapping:
    """Return the mapping that follows from the certain proposals, keeping what the job already says otherwise."""
    known = mapping_from(job.mapping)
    columns = {item.column: item.path for item in proposals(job, actor) if item.path and item.confidence >= CONFIDENT}
    return ColumnMapping(columns, known.constants, known.formats, known.lenient, known.existing)


def _field(target: Target, concept: str) -> TargetField:
    with translation.override("en"):
        label = str(target.label)
    with translation.override("zh-hans"):
        label_zh = str(target.label)
    kind = "text" if target.kind in ("reference", "json") else target.kind
    return TargetField(target.key, label, label_zh, kind, target.synonyms, concept)  # type: ignore[arg-type]
