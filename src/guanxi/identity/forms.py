"""Forms of the settings: what was posted, or what is stored, as inputs that a template shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from guanxi.core.errors import Invalid
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField, FormPage, FormSection

Kind = Literal["text", "long_text", "email", "integer", "decimal", "date", "boolean", "choice", "choices", "password",
               "icon"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One input that a form asks for; ``kind`` and the rest as in ``FormField``."""

    name: str
    label: str | Promise
    kind: Kind = "text"
    options: Sequence[Option] = ()
    required: bool = False
    help: str | Promise = ""
    autocomplete: str = "off"
    max_length: int | None = None
    placeholder: str = ""
    autofocus: bool = False
    wide: bool = True
    suffix: str = ""
    readonly: bool = False


@dataclass(slots=True)
class Asked:
    """A form between being shown and being answered.

    ``stored`` are the values of the first showing, ``posted`` those that came back, ``errors`` the sentences for each.
    """

    asks: tuple[Ask, ...]
    stored: Mapping[str, Any] = field(default_factory=dict)
    posted: QueryDict | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a posted value without surrounding spaces; passwords keep theirs."""
        value = (self.posted or QueryDict()).get(name, "")
        is_secret = any(ask.kind == "password" for ask in self.asks if ask.name == name)
        return str(value) if is_secret else str(value).strip()

    def texts(self, name: str) -> list[str]:
        """Return all posted values of a name."""
        return [str(value) for value in (self.posted or QueryDict()).getlist(name)]

    def refuse(self, refusal: Invalid) -> None:
        """Keep the sentences of a refusal for the next showing."""
        self.errors = refusal.errors

    def inputs(self) -> tuple[FormField, ...]:
        """Return the inputs to show."""
        return tuple(self._input(ask) for ask in self.asks)

    def page(self, *, title: str, action: str, submit: str, **more: Any) -> FormPage:
        """Return the whole form as one section."""
        known = {ask.name for ask in self.asks}
        loose = tuple(text for name, items in self.errors.items() if name not in known for text in items)
        return FormPage(title, action, (FormSection("", self.inputs()),), submit, errors=loose, **more)

    def _input(self, ask: Ask) -> FormField:
        value, values = self._values(ask)
        return FormField(
            name=ask.name, label=str(ask.label), kind=ask.kind, value=value, values=values, options=tuple(ask.options),
            required=ask.required, help=str(ask.help), errors=tuple(self.errors.get(ask.name, ())),
            max_length=ask.max_length, autofocus=ask.autofocus, autocomplete=ask.autocomplete, wide=ask.wide,
            placeholder=ask.placeholder, suffix=ask.suffix, readonly=ask.readonly,
        )  # fmt: skip

    def _values(self, ask: Ask) -> tuple[str, tuple[str, ...]]:
        if ask.kind == "password":
            return "", ()
        if self.posted is not None and not ask.readonly:
            return self.text(ask.name), tuple(self.texts(ask.name))
        stored = self.stored.get(ask.name)
        if isinstance(stored, (list, tuple)):
            return "", tuple(str(item) for item in stored)
        return ("" if stored is None else str(stored)), ()


def asked(request: HttpRequest, asks: Sequence[Ask], stored: Mapping[str, Any] | None = None) -> Asked:
    """Return a form with what the request posted, or with the stored values when it posted nothing."""
    return Asked(tuple(asks), stored or {}, request.POST if request.method == "POST" else None)
