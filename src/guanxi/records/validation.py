"""Whether a record as a whole may be saved: its own check, its columns, and the constraints of its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.db.models import BaseConstraint, Model, UniqueConstraint
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, type_text
from guanxi.records.declaration import RecordType
from guanxi.records.uniqueness import taken

Errors = dict[str, list[type_text]]


def validate(
    record_type: RecordType, record: Any, facts: dict[str, Any], actor: Actor, written: Collection[str]
) -> None:
    """Raise ``Invalid`` with the errors by field (``""`` for the whole); ``facts`` are the values by field name.

    References are checked for access elsewhere, so their columns are not looked up again. Unique fields are asked for
    among those that are ``written``; records that have a value already are named as far as the actor may see them.
    """
    errors = refusals_of(record_type, facts)
    try:
        record.clean_fields(exclude=[column.name for column in record._meta.concrete_fields if column.is_relation])
    except ValidationError as refusal:
        _add(errors, refusal)
    for name, sentences in taken(record_type, record, written, actor).items():
        errors.setdefault(name, sentences)
    if not errors:
        _check_constraints(record, errors)
    if errors:
        raise Invalid(errors)


def refusals_of(record_type: RecordType, facts: Mapping[str, Any]) -> Errors:
    """Return what the type's own check and the rules of administrators say against a record with these facts."""
    errors: Errors = {}
    if record_type.check is not None:
        errors.update(record_type.check(dict(facts)))
    if record_type.rules is not None:
        for name, sentences in record_type.rules.check(facts).items():
            errors.setdefault(name, []).extend(sentences)
    return errors


def _check_constraints(record: Any, errors: Errors) -> None:
    try:
        record.validate_unique()
    except ValidationError as refusal:
        _add(errors, refusal)
    for constraint in record._meta.constraints:
        try:
            constraint.validate(type(record), record)
        except ValidationError as refusal:
            if _is_bare(constraint):
                errors.setdefault("", []).append(_("There is such a record already."))
            else:
                _add(errors, refusal)


def _add(errors: Errors, refusal: ValidationError) -> None:
    found = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
    for name, messages in found.items():
        known = errors.setdefault("" if name == NON_FIELD_ERRORS else name, [])
        known.extend(message for message in messages if message not in known)


def _is_bare(constraint: BaseConstraint) -> bool:
    """Say whether a constraint has no sentence of its own."""
    default = constraint.default_violation_error_message
    return isinstance(constraint, UniqueConstraint) and constraint.violation_error_message == default


def refusal_of(record: Model, error: IntegrityError) -> Invalid:
    """Return what the database refused as a refusal: somebody else was faster, or a row is still needed."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    constraint = next((item for item in record._meta.constraints if item.name == name), None)
    if constraint is not None and not _is_bare(constraint):
        return Invalid({"": [str(constraint.get_violation_error_message())]})
    return Invalid({"": [_("There is such a record already.")]})
