"""The one declaration per record type from which list, record page, forms, API, import, export and tests follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable

from guanxi.core.errors import type_text
from guanxi.records.fields import UNSORTABLE, Choice, Field, kind_of

if TYPE_CHECKING:
    from guanxi.core.actor import Actor

VERBS = ("view", "create", "edit", "delete", "export", "import")


@dataclass(frozen=True, slots=True)
class ListView:
    """A named way of looking at a record type: what it filters by, shows and sorts by."""

    key: str
    label: type_text
    columns: tuple[str, ...]
    sort: tuple[str, ...] = ()
    filter: dict[str, Any] | None = None
    icon: str = "table"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields on the record page and in the form.

    ``only`` limits it to records in which a choice field has a value: ``("kind", "person")``.
    """

    key: str
    label: type_text
    fields: tuple[str, ...]
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A related list: records of ``type_name`` whose reference field ``through`` points at this record."""

    key: str
    label: type_text
    type_name: str
    through: str
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twins:
    """Which records may be the same as one that is being entered: forms name them beside the input, and never refuse.

    ``condition`` gets the actor, the text of the input ``field`` and all inputs of the form, and returns the condition
    for records of ``type_name``; None where the text says nothing.
    """

    field: str
    type_name: str
    condition: Callable[[Actor, str, Mapping[str, str]], Q | None]


@dataclass(frozen=True, slots=True)
class Companion:
    """A record that the form of a new record makes along with it: the e-mail address of a new customer.

    ``name`` is that of the input, a field of the new record's type that is read only elsewhere. What is typed becomes
    ``target`` of a record of ``type_name`` with these ``values``, which refers to the new one by ``through``.
    """

    name: str
    type_name: str
    through: str
    target: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddedFilter:
    """What a higher feature lets a record type be filtered by although it is no column of it (“is in segment”).

    ``condition`` gets the context of the filter, the operator and the raw value, and returns a ``Q``; it raises
    ``ValueError`` with a sentence for a value that doesn't fit. ``words`` names the values of a reference to what is no
    record, as far as the actor may see them. A filter that is not ``is_offered`` only stands in links, not in menus.
    """

    field: Field
    condition: Callable[[Any, str, Any], Q]
    words: Callable[[Actor, Collection[int]], Mapping[int, str]] | None = None
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an administrator: records for which ``expression`` is true are refused with ``sentence``.

    It looks at the fields in ``reads`` and at nothing else.
    """

    reads: frozenset[str]
    expression: Callable[[Actor], Combinable]
    sentence: type_text


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of administrators: ``check`` returns the errors of a record by field; ``each`` is asked of many at once."""

    each: tuple[Rule, ...]
    check: Callable[[Mapping[str, Any]], dict[str, list[type_text]]]

    @property
    def reads(self) -> frozenset[str]:
        """The fields that any of the rules looks at."""
        return frozenset().union(*(rule.reads for rule in self.each))


@dataclass(frozen=True, slots=True)
class RecordType:
    """Everything the engine needs to know of one kind of record.

    ``scope_through`` is the ORM path of the reference whose owner, team and territory decide access for records that
    have none of their own (an order follows its customer). ``check`` validates the whole record and returns errors
    by field. ``derive`` returns the technical key columns (search keys) computed from facts. ``importable`` is False
    for types that may not be imported, ``editable`` for ledgers, whose records nobody changes once they stand.
    ``draw`` returns the values that a new record is given and nobody enters: the next number of a series.
    """

    name: str
    model: type[models.Model]
    label: type_text
    plural: type_text
    path: str
    icon: str = "file"
    fields: tuple[Field, ...] = ()
    title: str = "name"
    subtitle: tuple[str, ...] = ()
    views: tuple[ListView, ...] = ()
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ("-id",)
    highlights: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    quick: tuple[str, ...] = ()
    board: str = ""
    board_card: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    scope_through: str = ""
    scope: str = "owned"
    check: Callable[[dict[str, Any]], dict[str, list[type_text]]] | None = None
    derive: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    draw: Callable[[], dict[str, Any]] | None = None
    rules: Rules | None = None
    search: Callable[[Any, str], Any] | None = None
    similar: Callable[[Any, str], Any] | None = None
    twins: tuple[Twins, ...] = ()
    companions: tuple[Companion, ...] = ()
    importable: bool = True
    creatable: bool = True
    editable: bool = True
    deletable: bool = True
    nav_group: str = ""
    verbs: tuple[str, ...] = VERBS
    _by_name: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)
    _filters: dict[str, AddedFilter] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fill labels, kinds, choices and limits from the model where the declaration leaves them out."""
        object.__setattr__(self, "fields", tuple(completed(item, self.model) for item in self.fields))
        self._by_name.update({item.name: item for item in self.fields})

    def __getitem__(self, name: str) -> Field:
        """Return the field with this name; raises ``KeyError`` for a field that is not declared."""
        return self._by_name[name]

    def get(self, name: str) -> Field | None:
        """Return the field with this name, or None."""
        return self._by_name.get(name)

    def added_filter(self, name: str) -> AddedFilter | None:
        """Return the filter of this name that a higher feature added, or None."""
        return self._filters.get(name)

    def condition_field(self, name: str) -> Field | None:
        """Return what a condition of this name compares: a declared field, or that of an added filter, or None."""
        added = self._filters.get(name)
        return added.field if added is not None else self._by_name.get(name)

    def condition_fields(self, actor: Actor) -> tuple[Field, ...]:
        """Return everything the actor is offered to filter by: fields first, then added filters."""
        added = (
            item.field
            for item in self._filters.values()
            if item.is_offered and actor.sees_field(self.name, item.field.name)
        )
        return (*(item for item in self.visible_fields(actor) if item.filterable), *added)

    def visible_fields(self, actor: Actor) -> tuple[Field, ...]:
        """Return the declared fields that the actor may see."""
        return tuple(item for item in self.fields if actor.sees_field(self.name, item.name))

    def editable_fields(self, actor: Actor) -> tuple[Field, ...]:
        """Return the fields that the actor may set by hand."""
        return tuple(item for item in self.fields if is_writable(item) and actor.edits_field(self.name, item.name))

    def related_list(self, key: str) -> Related | None:
        """Return the related list with this key, or None."""
        return next((item for item in self.related if item.key == key), None)


def is_writable(item: Field) -> bool:
    """Say whether a value of this field can be entered at all."""
    return item.editable and not item.is_derived and item.expression is None and "__" not in item.path


def completed(item: Field, model: type[models.Model]) -> Field:
    """Return ``item`` with what its model field already says."""
    if item.expression is not None or "__" in item.path:
        return item
    model_field = model._meta.get_field(item.path or item.name)
    if not isinstance(model_field, models.Field):
        return item
    kind = kind_of(model_field) if item.kind == "text" else item.kind
    choices = item.choices or tuple(Choice(str(value), label) for value, label in _choices(model_field))
    is_decimal = kind in ("decimal", "money") and isinstance(model_field, models.DecimalField)
    must = not model_field.blank and not model_field.has_default() and kind != "boolean"
    return replace(
        item,
        kind=kind,
        label=item.label or model_field.verbose_name,
        choices=choices,
        is_numbered=kind == "choice" and isinstance(model_field, models.IntegerField),
        max_length=getattr(model_field, "max_length", None) if item.max_length is None else item.max_length,
        decimals=getattr(model_field, "decimal_places", item.decimals) if is_decimal else item.decimals,
        required=item.required or must,
        sortable=item.sortable and kind not in UNSORTABLE,
        editable=item.editable and model_field.editable,
    )


def _choices(model_field: models.Field[Any, Any]) -> Iterable[tuple[Any, Any]]:
    source = model_field.base_field if isinstance(model_field, ArrayField) else model_field
    return source.flatchoices or ()
