"""The form of a field: its words in both languages, and what its kind has to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.identity.forms import Ask, Asked
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type, record_types
from guanxi.records.screens.named_views import named_views
from guanxi.records.shaping.checks import COLORS
from guanxi.records.shaping.computed import ADDITIONS
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.words import LANGUAGES
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField

Asks = tuple[Ask, ...]
KEPT = "kept"
TICKS = ("required", "unique", "searchable")
SIMPLE = ("max_length", "decimals", "reference", "prefix", "digits")
_MEASURED = ("integer", "decimal", "money", "percent", "date", "datetime")


@dataclass(slots=True)
class ChoiceRow:
    """One choice in the editor of choices; ``words`` are those of one that came with Guanxi."""

    value: str = ""
    en: str = ""
    zh: str = ""
    color: str = "gray"
    is_retired: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, Any]:
        """What was typed, for the services."""
        labels = {"en": self.en, "zh-hans": self.zh}
        return {"value": self.value, "labels": labels, "color": self.color, "retired": self.is_retired}


@dataclass
class FieldForm:
    """A form between being shown and being answered; ``item`` is the field that is changed, if any."""

    record_type: RecordType
    kind: str
    actor: Actor
    posted: QueryDict | None = None
    item: CustomField | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, refusal: Invalid) -> None:
        """Keep the sentences of a refusal for the next showing."""
        self.errors = refusal.errors

    @property
    def loose_errors(self) -> list[str]:
        """The sentences that belong to no input."""
        known = {ask.name for ask in self._asks()} | {"choices", "formula"}
        return [text for name, texts in self.errors.items() if name not in known for text in texts]

    def words(self) -> tuple[FormField, ...]:
        """Return the inputs for label and help in both languages."""
        return self._form(self._words()).inputs()

    def options(self) -> tuple[FormField, ...]:
        """Return the inputs for what the kind has to be told."""
        return self._form(self._options()).inputs()

    def choices(self) -> list[ChoiceRow]:
        """Return the rows of the editor of choices; an empty form begins with three."""
        kept = self.item.options.get("choices", ()) if self.item is not None else ()
        rows = sent_choices(self.posted) if self.posted is not None else kept_rows(kept)
        return rows or [ChoiceRow(color=color) for color in ("gray", "blue", "green")]

    @property
    def formula(self) -> str:
        """The formula as it stands in the form."""
        if self.posted is not None:
            return str(self.posted.get("formula", ""))
        return str(self.item.options.get("formula", "")) if self.item is not None else ""

    @property
    def parts(self) -> list[str]:
        """The labels of the fields that a formula of this type may name."""
        own = "" if self.item is None else self.item.name
        fitting = ("text", "choice", "boolean", *_MEASURED)
        return [item.title() for item in self.record_type.fields if item.kind in fitting and item.name != own]

    def values(self) -> dict[str, Any]:
        """Return what was typed, for ``add_field`` and ``change_field``."""
        form = self._form(self._asks())
        options: dict[str, Any] = {name: form.text(name) for name in SIMPLE if name in KINDS[self.kind].asks}
        for name in TICKS:
            options[name] = form.text(name) == "1"
        if "choices" in KINDS[self.kind].asks:
            options["choices"] = [row.kept for row in self.choices()]
        if self.kind == "formula":
            options["formula"] = self.formula
        if self.kind == "rollup":
            options["rollup"] = self._rollup(form)
        return {"labels": words_of(form, "label"), "helps": words_of(form, "help"), "options": options}

    def _rollup(self, form: Asked) -> dict[str, Any]:
        source, _dot, through = form.text("rollup").partition(".")
        measured, _dot, measure = form.text("measure").partition(".")
        return {"type": source, "through": through, "how": form.text("how"),
                "measure": measure if measured == source else "",
                "filter": self._filter(source, form.text("only"))}  # fmt: skip

    def _filter(self, source: str, only: str) -> dict[str, Any] | None:
        """Return the filter that limits what is added up: that of a view as it is now, or the one that is kept."""
        if only in ("", KEPT):
            kept: dict[str, Any] | None = self.item.options["rollup"].get("filter") if only and self.item else None
            return kept
        type_name, _dot, key = only.partition(".")
        found = find_record_type(type_name) if type_name == source else None
        view = next((view for view in named_views(found, self.actor) if view.key == key), None) if found else None
        if view is None:
            raise Invalid({"only": [_("Choose a view of the records that are added up.")]})
        return view.look.filter

    def _form(self, asks: tuple[Ask, ...]) -> Asked:
        return Asked(asks, self._stored(), self.posted, self.errors)

    def _asks(self) -> tuple[Ask, ...]:
        return (*self._words(), *self._options())

    def _stored(self) -> Mapping[str, Any]:
        if self.item is None:
            return {"decimals": "0" if self.kind == "number" else "2", "max_length": "255", "digits": "4"}
        plan = self.item.options.get("rollup", {})
        stored = {name: self.item.options.get(name, "") for name in SIMPLE}
        stored |= {name: "1" if self.item.options.get(name) else "" for name in TICKS}
        stored |= {"rollup": f"{plan.get('type')}.{plan.get('through')}", "how": plan.get("how", ""),
                   "measure": f"{plan.get('type')}.{plan.get('measure')}" if plan.get("measure") else "",
                   "only": KEPT if plan.get("filter") else ""}  # fmt: skip
        for language in LANGUAGES:
            stored[f"label_{language[:2]}"] = self.item.labels.get(language, "")
            stored[f"help_{language[:2]}"] = self.item.helps.get(language, "")
        return stored

    def _words(self) -> tuple[Ask, ...]:
        """Return the words to ask for, the reader's language first."""
        english = (
            Ask("label_en", _("Label in English"), max_length=60),
            Ask("help_en", _("Help in English"), max_length=200, help=_("Stands below the input.")),
        )
        chinese = (
            Ask("label_zh", _("Label in Chinese"), max_length=60),
            Ask("help_zh", _("Help in Chinese"), max_length=200, help=_("Stands below the input.")),
        )
        (label, text), (other, more) = in_order(english, chinese)
        second = _("One language is enough; pages in the other one show it, too.")
        return replace(label, autofocus=True), replace(other, help=second), text, replace(more, help="")

    def _options(self) -> tuple[Ask, ...]:
        made = {
            "max_length": Ask("max_length", _("Longest text"), "integer", suffix=_("characters")),
            "decimals": Ask("decimals", _("Decimals"), "integer"),
            "reference": Ask("reference", _("Links to"), "choice", _targets(), required=True,
                             readonly=self.item is not None),
            "prefix": Ask("prefix", _("Begins with"), placeholder="PR-", readonly=self.item is not None),
            "digits": Ask("digits", _("Digits"), "integer", readonly=self.item is not None,
                          help=_("With 4 digits the first number is 0001.")),
            "searchable": Ask("searchable", _("Found by the search"), "boolean"),
        }  # fmt: skip
        asks = [made[name] for name in KINDS[self.kind].asks if name in made]
        if KINDS[self.kind].can_be_required:
            asks.append(Ask("required", _("Required"), "boolean",
                            help=_("New records need it; older ones stay as they are.")))  # fmt: skip
        if KINDS[self.kind].can_be_unique:
            asks.append(Ask("unique", _("Unique"), "boolean",
                            help=_("No two records may have the same value; empty stays allowed.")))  # fmt: skip
        return (*asks, *(self._rollup_asks() if self.kind == "rollup" else ()))

    def _rollup_asks(self) -> tuple[Ask, ...]:
        how = {"count": _("How many there are"), "sum": _("Sum"), "average": _("Average"),
               "smallest": _("Smallest or earliest"), "largest": _("Largest or latest")}  # fmt: skip
        sources, measures, views = [], [], []
        if self.item is not None and self.item.options.get("rollup", {}).get("filter"):
            views.append(Option(KEPT, _("As it is kept now")))
        for other in record_types():
            name = capfirst(str(other.plural))
            through = [item for item in other.fields
                       if item.kind == "reference" and item.reference == self.record_type.name]  # fmt: skip
            sources += [Option(f"{other.name}.{item.name}", f"{name} › {item.title()}") for item in through]
            for view in named_views(other, self.actor) if through else ():
                if view.look.filter is not None:
                    views.append(Option(f"{other.name}.{view.key}", view.label, group=name))
            for item in other.fields if through else ():
                if item.kind in _MEASURED and item.expression is None:
                    measures.append(Option(f"{other.name}.{item.name}", item.title(), group=name))
        return (
            Ask("rollup", _("Adds up"), "choice", sources, required=True,
                help=_("Records that point at this one, as far as the reader may see them.")),
            Ask("how", _("How"), "choice", [Option(key, how[key]) for key in ADDITIONS], required=True),
            Ask("measure", _("Of which field"), "choice", measures, help=_("Not needed to count them.")),
            Ask("only", _("Only those of the view"), "choice", views, placeholder=_("All of them"),
                help=_("The filter of the view as it is now; later changes of the view change nothing here.")),
        )  # fmt: skip


def in_order(english: Asks, chinese: Asks) -> tuple[Asks, Asks]:
    """Return what is asked in both languages, the language of the page first."""
    return (chinese, english) if (get_language() or "").startswith("zh") else (english, chinese)


def sent_choices(posted: QueryDict) -> list[ChoiceRow]:
    """Return the rows of the editor of choices as they were sent."""
    columns = [[str(value) for value in posted.getlist(f"choice_{name}")] for name in ("value", "en", "zh", "color")]
    retired = set(posted.getlist("choice_retired"))
    return [
        ChoiceRow(value, en, zh, color, bool(value) and value in retired)
        for value, en, zh, color in zip(*columns, strict=False)
    ]


def kept_rows(choices: Iterable[Mapping[str, Any]]) -> list[ChoiceRow]:
    """Return the rows of the editor for choices as they are kept."""
    return [
        ChoiceRow(c["value"], c["labels"].get("en", ""), c["labels"].get("zh-hans", ""), c.get("color", "gray"),
                  bool(c.get("retired")))
        for c in choices
    ]  # fmt: skip


def colors() -> list[tuple[str, str]]:
    """Return the colours of choices with their names in the language in force."""
    names = {
        "gray": _("grey"), "blue": _("blue"), "indigo": _("indigo"), "violet": _("violet"), "pink": _("pink"),
        "red": _("red"), "orange": _("orange"), "yellow": _("yellow"), "green": _("green"), "teal": _("teal"),
    }  # fmt: skip
    return [(color, capfirst(names[color])) for color in COLORS]


def words_of(form: Asked, name: str) -> dict[str, str]:
    """Return what was typed in both languages for one name."""
    return {language: form.text(f"{name}_{language[:2]}") for language in LANGUAGES}


def _targets() -> list[Option]:
    return [Option(item.name, capfirst(str(item.plural))) for item in record_types()]
