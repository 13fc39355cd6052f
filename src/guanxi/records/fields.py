"""What a record type says about each of its fields; kinds decide filters, inputs, formats and parsing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.text import capfirst
from django.utils.translation import get_language

from guanxi.core.actor import Actor
from guanxi.core.errors import type_text

Kind = Literal[
    "text", "long_text", "email", "phone", "url", "integer", "decimal", "money", "percent", "date", "datetime",
    "boolean", "choice", "choices", "tags", "reference", "json",
]  # fmt: skip
Weight = Literal["fact", "derived"]
UNSORTABLE = frozenset({"long_text", "choices", "tags", "json"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a choice field; ``color`` is one of the ten picklist colour names.

    One that ``is_retired`` stays on the records that have it and is offered no more.
    """

    value: str
    label: type_text
    color: str = "gray"
    icon: str = ""
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type, as lists, forms, filters, import, export and the API know it.

    ``path`` is the ORM path that holds the value (the name itself when left out); ``expression`` computes it instead
    (read only) from what an actor may see. ``reference`` names the record type a reference points to. ``currency`` is
    the ORM path of the currency of a money field. ``weight`` keeps facts and derived figures apart: a derived field is
    never editable, and ``figure`` names the figure whose rows its drill-down opens. ``sort_by`` is the ORM path of a
    key column to sort by instead of the value (pinyin order for names). ``is_numbered`` marks choices that are stored
    as numbers. ``codes`` says that a text holds codes of countries or languages, which people read and choose by their
    names. ``kept_by`` makes a date a deadline: the choice field and the choices that end it; past and not ended, it is
    late. ``starts`` says what the form of a new record begins with: its reader, or the present minute. ``is_size``
    marks a number of bytes, which people read in KB or MB. ``reads`` names what a computed field is made of, as pairs
    of a record type (empty for its own) and a field: who may not see one of them doesn't see it. ``adds`` is False for
    numbers whose sum means nothing: ranks, days, ratios. ``is_place`` marks a text that may say where its writer is:
    forms offer to ask the device, which asks its reader. ``extensible`` says of a choice that a company may add values
    of its own: nothing is computed with the declared ones that would miss others. ``unique`` says that no two living
    records share a value; empty ones are never the same (see ``records.sameness``). ``undoable`` is False for what only
    its own service may set, because more hangs on it: taking changes back leaves it.
    """

    name: str
    label: type_text = ""
    kind: Kind = "text"
    path: str = ""
    expression: Callable[[Actor], Combinable] | None = None
    choices: tuple[Choice, ...] = ()
    reference: str = ""
    currency: str = ""
    required: bool = False
    unique: bool = False
    editable: bool = True
    sortable: bool = True
    filterable: bool = True
    searchable: bool = False
    max_length: int | None = None
    decimals: int = 2
    help: type_text = ""
    weight: Weight = "fact"
    figure: str = ""
    synonyms: tuple[str, ...] = ()
    sort_by: str = ""
    is_numbered: bool = False
    codes: Literal["", "country", "language"] = ""
    kept_by: tuple[str, frozenset[str]] | None = None
    is_size: bool = False
    adds: bool = True
    starts: Literal["", "me", "now"] = ""
    is_place: bool = False
    extensible: bool = False
    undoable: bool = True
    reads: tuple[tuple[str, str], ...] = ()
    _said: dict[tuple[str | None, str], str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def column(self) -> str:
        """ORM path or annotation that holds the stored value (for a reference: the id)."""
        path = self.path or self.name
        return f"{path}_id" if self.kind == "reference" and not self.path else path

    @property
    def is_derived(self) -> bool:
        """Say whether the value is computed from facts rather than entered."""
        return self.weight == "derived"

    def choice(self, value: object) -> Choice | None:
        """Return the declared choice with this stored value, if any."""
        return next((item for item in self.choices if item.value == str(value)), None)

    def title(self) -> str:
        """Return the label as it stands at the beginning of a line or column, in the language in force."""
        return capfirst(self._say(None, self.label or self.name))

    def choice_label(self, value: object) -> str:
        """Return the words for a stored choice in the language in force.

        Nothing for none, the value itself for one that is not declared.
        """
        found = self.choice(value)
        return self._say(found.value, found.label) if found else str(value or "")

    def _say(self, value: str | None, words: type_text) -> str:
        """Translate once for each language: doing it anew costs more than drawing what stands beside it."""
        key = (value, get_language() or "")
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = str(words)
        return said


_KINDS: Sequence[tuple[type[models.Field[Any, Any]], Kind]] = (
    (models.ForeignKey, "reference"),
    (models.EmailField, "email"),
    (models.URLField, "url"),
    (models.TextField, "long_text"),
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.IntegerField, "integer"),
    (models.JSONField, "json"),
    (models.CharField, "text"),
)


def kind_of(model_field: models.Field[Any, Any]) -> Kind:
    """Return the kind that a model field has unless its declaration says otherwise."""
    if isinstance(model_field, ArrayField):
        return "choices"
    if model_field.choices:
        return "choice"
    for cls, kind in _KINDS:
        if isinstance(model_field, cls):
            return kind
    return "text"
