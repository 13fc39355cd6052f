"""What a file may fill: the linked record types behind one row, declared by the features that own them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.db.models import UniqueConstraint

from guanxi.core.errors import type_text
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field, Kind
from guanxi.records.registry import record_type, record_types
from guanxi.records.writing import type_field

if TYPE_CHECKING:
    import polars as pl

type_frames = Callable[["pl.DataFrame"], "pl.DataFrame"]
type_settle = Callable[[list[int]], None]

EXTERNAL_ID = "external_id"
# Entries of the table of headers under which files name the records that others refer to.
_ID_CONCEPTS = {"customer": "customer_id", "product": "sku"}
_MOMENTS = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Part:
    """One record that a row may fill.

    ``key`` names it inside its plan; targets of columns are ``key.field``. A record is found again by its external id
    in the source system, or, where ``natural`` names fields, by their values (a product by its SKU). ``links`` maps
    reference fields to the parts they point at, ``fixed`` gives values that no column brings. A row has this record
    only when one of ``needs`` has a value (the external id or natural key where left out). ``fills_only`` keeps what
    an existing record already says: rows of joined files repeat their parents, and must not make them flicker.
    ``derive`` computes technical key columns of a whole frame; without it the record type's own rule runs row by row.
    Where ``derives_from`` names all fields that it reads, either is given each distinct combination of values once.
    ``kinds`` reads the cells of a field as another kind; ``extra`` fields are only read for the plan's ``prepare``.
    ``words`` gives, by choice field and stored value, further words that stand for the value in files.
    ``is_checked`` has new and changed records pass the rules of their type and its table; ``derives_first`` computes
    technical columns before a record is compared with what is there, as the rule changes what was typed (it masks).
    """

    key: str
    type_name: str
    label: type_text = ""
    natural: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    fills_only: bool = False
    derive: type_frames | None = None
    derives_from: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    extra: tuple[Field, ...] = ()
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    is_checked: bool = False
    derives_first: bool = False

    @property
    def record_type(self) -> RecordType:
        """The declaration of the records this part fills."""
        return record_type(self.type_name)

    @property
    def is_dependent(self) -> bool:
        """Say whether the record can only be found again once a record it points at is known."""
        return any(name in self.links for name in self.natural)

    def offered(self) -> tuple[Field, ...]:
        """Return the fields that a column may fill; those that a company added to the type are among them."""
        writable = tuple(item.name for item in self.record_type.fields if is_writable(item))
        takes_all = not (self.fills_only or self.is_dependent)
        own = tuple(name for name in writable if name.startswith("x_") and takes_all)
        names = (*self.fields, *own) if self.fields else writable
        offered = [self.record_type[name] for name in names if name not in self.fixed and name not in self.links]
        return tuple(replace(item, kind=self.kinds.get(item.name, item.kind)) for item in offered)


@dataclass(frozen=True, slots=True)
class Detail:
    """Rows without history of their own that belong to a record: the lines of an order.

    ``parent`` is the part whose reference is the column ``through``; ``links`` maps further columns to parts.
    ``content`` are the targets from whose values (with the place among equal ones in the same parent) the key of a
    row is made, so that a file that brings the row again is recognised. ``totals`` adds up what the rows of the frame
    mean for each parent: columns of the parent's table to sum, an empty value making the sum unknown. ``settle``
    computes them anew from all rows of the given parents after some were removed.
    """

    key: str
    table: str
    parent: str
    through: str
    label: type_text
    fields: tuple[Field, ...]
    content: tuple[str, ...]
    needs: tuple[str, ...]
    settle: type_settle
    links: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    count_column: str = "line_count"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that one row of a kind of file may fill; the parts in the order in which they point at each other.

    ``root`` is the part (or the detail) by which rows are counted. ``identity`` are the targets from which the external
    id of a root record is made when the file has none. ``prepare`` completes a parsed frame, whose columns are targets.
    ``concepts`` names, for targets whose key doesn't say it, the entry of the table of headers.
    """

    name: str
    label: type_text
    root: str
    parts: tuple[Part, ...]
    detail: Detail | None = None
    identity: tuple[str, ...] = ()
    prepare: type_frames | None = None
    concepts: Mapping[str, str] = field(default_factory=dict)
    icon: str = "table"

    def part(self, key: str) -> Part:
        """Return the part with this key; raises ``KeyError``."""
        for item in self.parts:
            if item.key == key:
                return item
        raise KeyError(key)

    @property
    def root_part(self) -> Part:
        """The part by whose record rows are counted; for line files the record that the lines belong to."""
        return self.part(self.detail.parent if self.detail is not None and self.detail.key == self.root else self.root)


def deferred(path: str) -> type_frames:
    """Return a function on frames, named ``module:function``, that is imported when it is first called.

    Plans are known to every process, frames only to those that import.
    """
    module_name, _colon, name = path.partition(":")

    def call(frame: pl.DataFrame) -> pl.DataFrame:
        function: type_frames = getattr(import_module(module_name), name)
        return function(frame)

    return call


def attribute_of(record_type: RecordType, name: str) -> str:
    """Return the stored attribute of a field (``owner`` → ``owner_id``), or of a column that is no declared field."""
    return name if record_type.get(name) is None else type_field(record_type, name)


_PLANS: dict[str, ImportPlan] = {}


def register_plan(plan: ImportPlan) -> ImportPlan:
    """Offer a plan under its name; a plan named like a record type replaces the simple one of that type."""
    _PLANS[plan.name] = plan
    return plan


def find_plan(name: str) -> ImportPlan | None:
    """Return the plan with this name, the simple plan of an importable record type, or None."""
    if name in _PLANS:
        return _PLANS[name]
    found = next((item for item in record_types() if item.name == name and item.importable), None)
    return None if found is None else _simple_plan(found)


def plans() -> list[ImportPlan]:
    """Return all plans: the declared ones first, then those of the other importable record types."""
    simple = [_simple_plan(item) for item in record_types() if item.importable and item.name not in _PLANS]
    return [*_PLANS.values(), *simple]


def hangs_on(item: RecordType) -> tuple[Field, ...]:
    """Return the references without which a record of this type can't be: the customer of an interaction."""
    return tuple(field for field in item.fields if field.required and field.kind == "reference")


def _simple_plan(item: RecordType) -> ImportPlan:
    concepts = {name: concept for name, concept in _ID_CONCEPTS.items() if item.get(name) is not None}
    moment = next((field.name for field in item.fields if is_writable(field) and field.kind in _MOMENTS), "")
    if moment:
        concepts[moment] = "order_date"
    part = Part(item.name, item.name, item.label, is_checked=True, derives_first=item.derive is not None)
    names = _identity(item) if hangs_on(item) else (item.title,)
    return ImportPlan(
        item.name, item.plural, item.name, (part,), identity=tuple(f"{item.name}.{name}" for name in names),
        icon=item.icon,
        concepts={f"{item.name}.{name}": concept for name, concept in concepts.items()},
    )  # fmt: skip


def _identity(item: RecordType) -> tuple[str, ...]:
    """Return the fields that tell a record without an id from others that hang on the same record.

    Those that the table holds to be unique, the title standing for what is derived from it; else the title, what is
    required and, where no moment is required, the moments and short texts.
    """
    offered = {field.name: field for field in item.fields if is_writable(field)}
    for constraint in item.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            return tuple(dict.fromkeys(name if name in offered else item.title for name in constraint.fields))
    required = {name: field for name, field in offered.items() if field.required}
    more = () if any(field.kind in _MOMENTS for field in required.values()) else (*_MOMENTS, "text")
    return tuple(name for name, field in offered.items() if name in required or field.kind in more)
