"""Proposes a mapping for a file: columns recognised by their headers and content."""

from __future__ import annotations

from django.utils import translation

from guanxi.core.actor import Actor
from guanxi.records.importing.headers import CONFIDENT, Mapping, TargetField, map_headers
from guanxi.records.importing.job import plan_of, source_of
from guanxi.records.importing.mapping import ColumnMapping, mapping_from
from guanxi.records.importing.plan import ImportPlan
from guanxi.records.importing.rejects import REASON_COLUMNS
from guanxi.records.importing.targets import Target, targets_of
from guanxi.records.models import ImportJob

# Words that follow the name of a kind of record in headers of its id; alone they mean the record of the row itself.
_IDS_EN, _IDS_ZH = (" id", " code"), ("编码", "id")
_ANY_ID = ("id", "external id", "record id", "编号", "外部编号")
_REFERENCE_EN = (" id", " code", " name", " no", " number", " e-mail", " email", " phone")
_REFERENCE_ZH = ("编号", "编码", "id", "名称", "姓名", "邮箱", "电话", "手机")


def proposals(job: ImportJob, actor: Actor) -> list[Mapping]:
    """Return for each column of the file where it should go, and how certain that is.

    The columns that a rejects file adds are for people and go nowhere.
    """
    plan = plan_of(job)
    source = source_of(job)
    fields = [field_of(plan, target) for target in targets_of(plan, actor)]
    columns = [name for name in source.describe().columns if name not in REASON_COLUMNS]
    found = {item.column: item for item in map_headers(columns, source.describe().first_rows, fields)}
    return [found.get(name, Mapping(name, None)) for name in source.describe().columns]


def propose_mapping(job: ImportJob, actor: Actor) -> ColumnMapping:
    """Return the mapping that follows from the certain proposals, keeping what the job already says otherwise."""
    known = mapping_from(job.mapping)
    columns = {item.column: item.path for item in proposals(job, actor) if item.path and item.confidence >= CONFIDENT}
    return ColumnMapping(columns, known.constants, known.formats, known.lenient, known.existing)


def field_of(plan: ImportPlan, target: Target) -> TargetField:
    """Return what headers are compared with for one target, in every language of the product."""
    with translation.override("en"):
        label, group = str(target.label), str(target.group)
    with translation.override("zh-hans"):
        label_zh, group_zh = str(target.label), str(target.group)
    kind = "text" if target.kind in ("reference", "json") else target.kind
    synonyms = target.synonyms
    if plan.root_part.is_checked and target.item is not None:
        synonyms = (*synonyms, target.name.replace("_", " "))
    elif plan.root_part.is_checked:
        synonyms = (*(f"{group}{end}" for end in _IDS_EN), *(f"{group_zh}{end}" for end in _IDS_ZH), *_ANY_ID)
    if target.item is not None and target.item.kind == "reference":
        synonyms = (
            *synonyms, *(f"{label}{end}" for end in _REFERENCE_EN), *(f"{label_zh}{end}" for end in _REFERENCE_ZH),
        )  # fmt: skip
    concept = plan.concepts.get(target.key, "")
    return TargetField(target.key, label, label_zh, kind, synonyms, concept)  # type: ignore[arg-type]
