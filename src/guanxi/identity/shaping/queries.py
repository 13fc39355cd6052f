"""What the pages of record types show: types, their fields, and where a field is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.errors import NotFound, type_text
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import CUSTOM, find_record_type, record_types
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.models import CustomField, CustomType, State, ValidationRule
from guanxi.records.shaping.picklists import has_picklist
from guanxi.records.shaping.words import in_words


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A record type in the overview; ``own`` is the row of one that an administrator made."""

    name: str
    label: str
    icon: str
    fields: int
    added: int
    rules: int
    own: CustomType | None = None

    @property
    def is_ready(self) -> bool:
        """Say whether it can be opened."""
        return self.own is None or self.own.state == State.LIVE


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in the list of its type; ``own`` is the row of one that an administrator added."""

    name: str
    label: str
    kind: type_text
    icon: str
    is_required: bool
    own: CustomField | None = None
    has_picklist: bool = False
    is_unique: bool = False


def type_rows() -> Iterator[TypeRow]:
    """Yield every record type that can be shaped, those that administrators made first; three queries."""
    living = Q(state__in=(State.LIVE, State.PLANNED))
    added = dict(CustomField.objects.filter(living).values_list("record_type").annotate(n=Count("pk")).order_by())
    rules = dict(ValidationRule.objects.values_list("record_type").annotate(n=Count("pk")).order_by())
    for custom in CustomType.objects.filter(living).order_by("pk"):
        found = find_record_type(custom.name)
        yield TypeRow(
            custom.name, capfirst(in_words(custom.plurals)), custom.icon, len(found.fields) if found else 0,
            added.get(custom.name, 0), rules.get(custom.name, 0), custom,
        )  # fmt: skip
    for item in record_types():
        if item.nav_group != CUSTOM and can_be_shaped(item):
            yield TypeRow(
                item.name, capfirst(str(item.plural)), item.icon, len(item.fields), added.get(item.name, 0),
                rules.get(item.name, 0),
            )  # fmt: skip


def can_be_shaped(record_type: RecordType) -> bool:
    """Say whether a record type takes fields of a company's own: not those that decide who sees what."""
    return record_type.editable and record_type.creatable and record_type.scope != "shared"


def shaped_type(type_name: str) -> RecordType:
    """Return a record type that can be shaped; raises ``NotFound``."""
    found = find_record_type(type_name)
    if found is None or not can_be_shaped(found):
        raise NotFound
    return found


def own_type(type_name: str) -> CustomType:
    """Return the row of a record type that an administrator made; raises ``NotFound``."""
    found = CustomType.objects.filter(name=type_name).first()
    if found is None:
        raise NotFound
    return found


def binned_types() -> list[CustomType]:
    """Return the record types in the bin, the latest first."""
    return list(CustomType.objects.filter(state=State.REMOVED).order_by("-removed_at"))


def field_rows(record_type: RecordType) -> Iterator[FieldRow]:
    """Yield the fields of a type: those of the company first, in their order, then ours."""
    own = {item.name for item in own_fields(record_type)}
    for item in own_fields(record_type):
        kind = KINDS[item.kind]
        required = bool(item.options.get("required"))
        unique = bool(item.options.get("unique"))
        yield FieldRow(item.name, in_words(item.labels), kind.label, kind.icon, required, item, is_unique=unique)
    for declared in record_type.fields:
        if declared.name not in own and not declared.name.startswith("x_"):
            kind_label, icon = kind_words(declared)
            arranged = has_picklist(declared)
            yield FieldRow(declared.name, declared.title(), kind_label, icon, declared.required, None, arranged)


def kind_words(item: Field) -> tuple[type_text, str]:
    """Return how the kind of a declared field is called, and its icon."""
    kinds = {"integer": "number", "decimal": "number", "tags": "choices", "json": "long_text"}
    kind = KINDS[kinds.get(item.kind, item.kind)]
    return kind.label, kind.icon


def own_fields(record_type: RecordType) -> list[CustomField]:
    """Return the fields that administrators added to a type and that aren't in the bin."""
    rows = CustomField.objects.filter(record_type=record_type.name, state__in=(State.LIVE, State.PLANNED))
    return list(rows.order_by("position", "pk"))


def binned_fields(record_type: RecordType) -> list[CustomField]:
    """Return the fields of a type in the bin, the latest first."""
    rows = CustomField.objects.filter(record_type=record_type.name, state=State.REMOVED)
    return list(rows.order_by("-removed_at"))


def own_field(record_type: RecordType, field_id: int) -> CustomField:
    """Return one field that an administrator added; raises ``NotFound``."""
    found = CustomField.objects.filter(record_type=record_type.name, pk=field_id).first()
    if found is None:
        raise NotFound
    return found


def place_words() -> dict[str, tuple[str, str]]:
    """Return what the places of fields beside the page are called, and what each is for."""
    return {
        "columns": (_("Columns of the list"), _("What everybody sees who hasn't chosen columns.")),
        "highlights": (_("Highlights"), _("Figures at the top of a record, up to six.")),
        "quick": (_("Quick create"), _("The few inputs of the short form; required ones are always asked for.")),
        "board_card": (_("Cards of the board"), _("What a card shows below its title.")),
    }  # fmt: skip
