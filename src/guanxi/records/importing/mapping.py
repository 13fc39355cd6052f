"""Which column fills which target, and how its cells are read; kept with the job as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError
from guanxi.records.importing.parsing import FieldSpec
from guanxi.records.importing.plan import Detail, ImportPlan, Part
from guanxi.records.importing.targets import Target, spec_of, targets_of

Existing = Literal["update", "fill", "skip"]
_UNKNOWN = _("The column “%(column)s” is mapped to a field that does not exist or that you may not change.")
_TWICE = _("The columns “%(other)s” and “%(column)s” are mapped to the same field.")
EXISTING: tuple[Existing, ...] = ("update", "fill", "skip")


class MappingRefused(DomainError):
    """A mapping names a target that doesn't exist, may not be filled, or is filled twice."""

    code = "bad_mapping"
    status = 422


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns of a file by header → target key, values for targets that no column brings, and how to read cells.

    ``formats`` holds by header what a person said of a column (``date_order``, ``decimal_mark``). The cells of
    ``lenient`` columns are left empty where they can't be read, instead of refusing their row. ``existing`` says what
    happens to records that are there already: update them, fill only what is empty, or skip them.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lenient: tuple[str, ...] = ()
    existing: Existing = "update"

    def to_json(self) -> dict[str, Any]:
        """Return the form kept in the job."""
        return {
            "columns": dict(self.columns), "constants": dict(self.constants), "lenient": list(self.lenient),
            "formats": {name: dict(said) for name, said in self.formats.items()}, "existing": self.existing,
        }  # fmt: skip


def mapping_from(data: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping kept as JSON; unknown keys are ignored."""
    existing = data.get("existing", "update")
    return ColumnMapping(
        columns={str(k): str(v) for k, v in (data.get("columns") or {}).items() if v},
        constants={str(k): str(v) for k, v in (data.get("constants") or {}).items() if v not in (None, "")},
        formats={str(k): dict(v) for k, v in (data.get("formats") or {}).items()},
        lenient=tuple(data.get("lenient") or ()),
        existing=existing if existing in EXISTING else "update",
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file with what it fills and how it is read."""

    header: str
    target: Target
    spec: FieldSpec
    is_lenient: bool = False


def columns_of(
    plan: ImportPlan, mapping: ColumnMapping, headers: tuple[str, ...], actor: Actor, **settings: Any
) -> list[Column]:
    """Return the mapped columns in the order of the file.

    ``settings`` are the company's ``region`` and ``time_zone``. Raises ``MappingRefused`` for unknown or doubled
    targets.
    """
    known = {target.key: target for target in targets_of(plan, actor)}
    used: dict[str, str] = {}
    found: list[Column] = []
    for header in headers:
        key = mapping.columns.get(header)
        if not key:
            continue
        if key not in known:
            raise MappingRefused(_UNKNOWN, column=header, target=key)
        if key in used:
            raise MappingRefused(_TWICE, column=header, other=used[key])
        used[key] = header
        spec = spec_of(known[key], model_of(plan, known[key]), **settings)
        said: dict[str, Any] = {
            k: v for k, v in mapping.formats.get(header, {}).items() if k in ("date_order", "decimal_mark", "region")
        }
        found.append(Column(header, known[key], replace(spec, **said), header in mapping.lenient))
    return found


def model_of(plan: ImportPlan, target: Target) -> Any:
    """Return the model whose column a target fills, or None for a detail."""
    owner: Part | Detail | None = next((part for part in plan.parts if part.key == target.part), None)
    return owner.record_type.model if isinstance(owner, Part) else None


def filled_parts(plan: ImportPlan, keys: set[str]) -> frozenset[str]:
    """Return the keys of the parts that the given targets bring about, with those that follow from them."""
    filled = {key.split(".", 1)[0] for key in keys} | {plan.root_part.key}
    if plan.detail is not None and plan.detail.key in filled:
        filled.add(plan.detail.parent)
    for part in plan.parts:
        if part.links and not part.offered() and all(link in filled for link in part.links.values()):
            filled.add(part.key)
    return frozenset(filled)
