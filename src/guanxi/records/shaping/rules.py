"""Validation rules of administrators: a record for which a condition is true is refused with their sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid, type_text
from guanxi.records.declaration import RecordType, Rule, Rules
from guanxi.records.shaping.formula.checking import Checked, Scope, check_formula
from guanxi.records.shaping.formula.computing import as_expression, compute
from guanxi.records.shaping.formula.reading import read_formula
from guanxi.records.shaping.models import ValidationRule
from guanxi.records.shaping.words import in_language, in_words

type_errors = dict[str, list[type_text]]
type_check = Callable[[Mapping[str, Any]], type_errors]


def check_condition(record_type: RecordType, text: str) -> Checked:
    """Return the condition of a rule; raises ``Invalid`` (under ``formula``) unless it is a yes-or-no about one record.

    Conditions look at stored fields; computed ones can't be asked before a record is saved.
    """
    stored = {item.name: item for item in record_type.fields if item.expression is None and "__" not in item.path}
    made = check_formula(read_formula(text), Scope(stored))
    if made.type != "boolean":
        raise Invalid({"formula": [_("A condition is a comparison, such as [Amount] > 1000.")]})
    return made


def with_rules(record_type: RecordType, wanted: Sequence[ValidationRule]) -> RecordType:
    """Return the declaration with the rules asked after its own check; a rule whose fields are gone is passed over."""
    conditions: list[tuple[ValidationRule, Checked]] = []
    for rule in wanted:
        try:
            conditions.append((rule, check_condition(record_type, rule.condition)))
        except Invalid:
            continue
    if not conditions:
        return record_type
    each = tuple(_rule(rule, condition) for rule, condition in conditions)
    return replace(record_type, rules=Rules(each, _checked(conditions)), _by_name={})


def _rule(rule: ValidationRule, condition: Checked) -> Rule:
    reads = frozenset(_fields(condition))
    return Rule(reads, lambda actor: as_expression(condition, actor), in_language(rule.sentences))


def _fields(part: Checked) -> Iterator[str]:
    if part.item is not None:
        yield part.item.name
    for item in part.parts:
        yield from _fields(item)


def _checked(conditions: Sequence[tuple[ValidationRule, Checked]]) -> type_check:
    def check(facts: Mapping[str, Any]) -> type_errors:
        errors: type_errors = {}
        for rule, condition in conditions:
            if compute(condition, facts):
                errors.setdefault(rule.field, []).append(in_words(rule.sentences))
        return errors

    return check
