"""Refusals that a person reads: what happened, to which one, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type_text = str | Promise


class DomainError(Exception):
    """A refusal with a machine code, an HTTP status and a sentence in the reader's language.

    ``sentence`` may hold ``%(name)s`` places that are filled from ``params`` when the error is shown, so that
    translation happens for the reader and not for the process that raised it.
    """

    code = "refused"
    status = 400
    sentence: type_text = _("That can't be done.")

    def __init__(self, sentence: type_text | None = None, **params: Any) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence
        self.params = params

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)

    @property
    def words(self) -> str:
        """Return what a person reads of it: without the names of fields, which are for programs."""
        return str(self)


class NotFound(DomainError):
    """The record does not exist, or the actor may not see it: both look the same from outside."""

    code = "not_found"
    status = 404
    sentence = _("This record was deleted or moved, or you may not see it.")


class NotAllowed(DomainError):
    """The actor may see the record but not do this with it."""

    code = "not_allowed"
    status = 403
    sentence = _("You may not do this. Ask an administrator for the right.")


class Conflict(DomainError):
    """Somebody changed the record since the actor read it.

    ``fields`` maps each field that both sides changed to ``(theirs, mine)`` in JSON form.
    """

    code = "conflict"
    status = 409
    sentence = _("Somebody changed this record while you were editing. Keep your value or use theirs.")

    def __init__(self, fields: Mapping[str, tuple[Any, Any]], version: int) -> None:
        super().__init__()
        self.fields = dict(fields)
        self.version = version


class Invalid(DomainError):
    """Values were refused; ``errors`` maps a field name (or ``""`` for the whole) to its sentences."""

    code = "invalid"
    status = 422
    sentence = _("Some values need correcting.")

    def __init__(self, errors: Mapping[str, list[type_text]]) -> None:
        super().__init__()
        self.errors = {name: [str(item) for item in items] for name, items in errors.items()}

    @property
    def words(self) -> str:
        """Return what is wrong without the names of fields."""
        return " ".join(self.sentences) or str(self)

    @property
    def sentences(self) -> list[str]:
        """Return what is wrong, sentence by sentence, without the names of fields."""
        return [text for texts in self.errors.values() for text in texts]

    def __str__(self) -> str:
        parts = [f"{name}: {' '.join(items)}" if name else " ".join(items) for name, items in self.errors.items()]
        return f"{self.sentence} {' '.join(parts)}"


class TooMany(DomainError):
    """More was asked for than the limit allows."""

    code = "too_many"
    status = 429
    sentence = _("Too many requests. Wait a moment and try again.")
