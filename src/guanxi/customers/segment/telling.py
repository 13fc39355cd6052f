"""How changes of a segment read: its rule as a sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.segment.rules import root_of
from guanxi.customers.segment.wording import sentence_of
from guanxi.records.fields import Field
from guanxi.records.registry import Line, Told, tell_changes


def _lines(actor: Actor, pairs: Sequence[tuple[Any, Any]]) -> list[list[Line]]:
    said: dict[str, str] = {}
    for value in (value for pair in pairs for value in pair):
        key = json.dumps(value, sort_keys=True)
        if key not in said:  # the rule before is the rule after of the change before: each is read once
            said[key] = _sentence(value, actor)
    told = [tuple(said[json.dumps(value, sort_keys=True)] for value in pair) for pair in pairs]
    return [[(capfirst(_("rule")), old, new or (_("empty") if old else ""))] for old, new in told]


def _sentence(tree: Any, actor: Actor) -> str:
    try:
        return sentence_of(root_of(tree), actor) if tree else ""
    except ValueError:
        return json.dumps(tree, ensure_ascii=False)


tell_changes("segment", Told(Field("definition", gettext_lazy("rule")), _lines))
