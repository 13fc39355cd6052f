"""The kinds of fields an administrator may add: their column, their declaration and what each has to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.core.errors import type_text
from guanxi.records.fields import Choice, Field, Kind
from guanxi.records.registry import find_record_type
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.words import in_language

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
    type_column = Callable[[Mapping[str, Any]], Column]
LONGEST_TEXT = 255


@dataclass(frozen=True, slots=True)
class CustomKind:
    """One kind of field on offer.

    ``kind`` is what the engine takes it for. ``column`` makes the model field from the options of a custom field; a
    kind without one is computed. ``asks`` names the options that its form asks for beside label and help.
    """

    key: str
    label: type_text
    icon: str
    kind: Kind
    column: type_column | None = None
    asks: tuple[str, ...] = ()
    example: type_text = ""
    can_be_required: bool = True
    has_index: bool = True
    can_be_unique: bool = False


class SeriesField(models.CharField):  # type: ignore[type-arg]
    """Numbers of a series: the database draws the next one for a row that is written without."""


def _series(options: Mapping[str, Any]) -> Column:
    return SeriesField(max_length=LONGEST_TEXT, blank=True, default="", editable=False)


def _text(options: Mapping[str, Any]) -> Column:
    return models.CharField(max_length=int(options.get("max_length") or LONGEST_TEXT), blank=True, default="")


def _decimal(options: Mapping[str, Any]) -> Column:
    places = int(options.get("decimals", 2))
    return models.DecimalField(max_digits=18, decimal_places=places, null=True, blank=True)


def _reference(options: Mapping[str, Any]) -> Column:
    target = find_record_type(str(options["reference"]))
    if target is None:
        raise LookupError(f"the record type {options['reference']!r} is not there")
    return models.ForeignKey(
        target.model, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # the index is made beside, without stopping writers


def _many(options: Mapping[str, Any]) -> Column:
    return ArrayField(models.CharField(max_length=48), default=list, blank=True)


KINDS: dict[str, CustomKind] = {
    item.key: item
    for item in (
        CustomKind(
            "text",
            _("Text"),
            "type",
            "text",
            _text,
            ("max_length", "searchable"),
            can_be_unique=True,
            example=_("A name, a code, a short answer"),
        ),
        CustomKind(
            "long_text",
            _("Long text"),
            "align-left",
            "long_text",
            lambda options: models.TextField(blank=True, default=""),
            has_index=False,
            example=_("A story with paragraphs"),
        ),
        CustomKind(
            "number",
            pgettext_lazy("kind of field", "Number"),
            "hash",
            "decimal",
            _decimal,
            ("decimals",),
            can_be_unique=True,
            example=_("12 or 3.75"),
        ),
        CustomKind("money", _("Money"), "coins", "money", _decimal, example=_("An amount with its currency")),
        CustomKind("percent", _("Percent"), "percent", "percent", _decimal, ("decimals",), example=_("12.5 %")),
        CustomKind(
            "date",
            _("Date"),
            "calendar",
            "date",
            lambda options: models.DateField(null=True, blank=True),
            can_be_unique=True,
            example=_("A day"),
        ),
        CustomKind(
            "datetime",
            _("Date and time"),
            "clock",
            "datetime",
            lambda options: models.DateTimeField(null=True, blank=True),
            example=_("A day with its hour"),
        ),
        CustomKind(
            "boolean",
            _("Yes or no"),
            "square-check",
            "boolean",
            lambda options: models.BooleanField(default=False),
            can_be_required=False,
            has_index=False,
            example=_("A tick"),
        ),
        CustomKind(
            "choice",
            _("Choice"),
            "list",
            "choice",
            lambda options: models.CharField(max_length=48, blank=True, default=""),
            ("choices",),
            example=_("One of a list: a stage, a grade"),
        ),
        CustomKind(
            "choices", _("Several choices"), "list-checks", "choices", _many, ("choices",), example=_("Some of a list")
        ),
        CustomKind(
            "email",
            _("E-mail address"),
            "mail",
            "email",
            lambda options: models.EmailField(blank=True, default="", max_length=254),
            ("searchable",),
            can_be_unique=True,
            example=_("Checked, opens a mail"),
        ),
        CustomKind(
            "phone",
            _("Phone number"),
            "phone",
            "phone",
            lambda options: models.CharField(max_length=40, blank=True, default=""),
            ("searchable",),
            can_be_unique=True,
            example=_("Checked, can be called"),
        ),
        CustomKind(
            "url",
            _("Web address"),
            "link",
            "url",
            lambda options: models.URLField(max_length=500, blank=True, default=""),
            has_index=False,
            can_be_unique=True,
            example=_("Opens in a new tab"),
        ),
        CustomKind("user", _("User"), "user", "reference", _reference, example=_("A colleague")),
        CustomKind(
            "reference",
            _("Link to a record"),
            "share-2",
            "reference",
            _reference,
            ("reference",),
            example=_("A customer, a product, one of your own records"),
        ),
        CustomKind(
            "number_series",
            _("Number series"),
            "list-ordered",
            "text",
            _series,
            ("prefix", "digits"),
            can_be_required=False,
            example=_("PR-0001, PR-0002 …"),
        ),
        CustomKind(
            "formula",
            _("Formula"),
            "sigma",
            "text",
            None,
            ("formula", "decimals"),
            can_be_required=False,
            has_index=False,
            example=_("Computed from fields of the record"),
        ),
        CustomKind(
            "rollup",
            _("Roll-up"),
            "layers",
            "decimal",
            None,
            ("rollup",),
            can_be_required=False,
            has_index=False,
            example=_("Counts or adds up records that point here"),
        ),
    )
}


def column_of(custom: CustomField) -> Column | None:
    """Return the model field that holds the values of a custom field, or None where they are computed.

    Raises ``LookupError`` where it points at a record type that is gone.
    """
    make = KINDS[custom.kind].column
    if make is None:
        return None
    column = make(custom.options)
    column.verbose_name = in_language(custom.labels)  # type: ignore[assignment]
    return column


def declare(custom: CustomField, currency: str = "") -> Field:
    """Return a stored custom field as its record type declares it; ``currency`` is the path of that of an amount."""
    kind, options = KINDS[custom.kind], custom.options
    column = column_of(custom)
    return Field(
        custom.name,
        label=in_language(custom.labels),
        kind=kind.kind,
        help=in_language(custom.helps) if any(custom.helps.values()) else "",
        choices=choices_of(options),
        reference=str(options.get("reference", "")) if kind.kind == "reference" else "",
        currency=currency if kind.kind == "money" else "",
        required=bool(options.get("required")),
        unique=KINDS[custom.kind].can_be_unique and bool(options.get("unique")),
        searchable=bool(options.get("searchable")) or custom.kind == "number_series",
        decimals=int(options.get("decimals", 2)),
        editable=custom.kind != "number_series",
        max_length=getattr(column, "max_length", None) if kind.kind != "choice" else None,
    )


def choices_of(options: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return the choices that an administrator gave, in order; retired ones stay readable on old records."""
    return tuple(made_choice(item) for item in options.get("choices", ()))


def made_choice(kept: Mapping[str, Any]) -> Choice:
    """Return one choice as it is kept."""
    words = in_language(kept.get("labels", {}))
    return Choice(str(kept["value"]), words, str(kept.get("color", "gray")), is_retired=bool(kept.get("retired")))
