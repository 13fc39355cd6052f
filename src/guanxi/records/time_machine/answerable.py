"""What can be told of the past: facts in columns of their own, kept with every change. The rest is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.declaration import RecordType
from guanxi.records.filters import Tree
from guanxi.records.registry import find_record_type
from guanxi.records.time_machine.stored import stored_fields
from guanxi.ui import formats

# Columns of the engine that a change moves without saying from where.
UNKEPT = frozenset({"updated_at", "version"})


def kept_names(record_type: RecordType, actor: Actor) -> tuple[str, ...]:
    """Return the fields of a type whose past values are known and that the actor may see, in declared order."""
    return tuple(
        name for name in stored_fields(record_type) if name not in UNKEPT and actor.sees_field(record_type.name, name)
    )


def split_kept(record_type: RecordType, names: Iterable[str], actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part field names into those whose past is known and those of which it isn't; unknown and hidden ones drop out."""
    known = {"id", *kept_names(record_type, actor)}
    declared = {item.name for item in record_type.visible_fields(actor)} | {"id"}
    asked = [name for name in names if name in declared]
    return tuple(name for name in asked if name in known), tuple(name for name in asked if name not in known)


def unkept_in_filter(record_type: RecordType, tree: Any, actor: Actor) -> list[str]:
    """Return the labels of what a filter asks for and the past can't answer, each once."""
    labels: dict[str, None] = {}
    waiting: list[tuple[RecordType, Any]] = [(record_type, tree)]
    while waiting:
        owner, node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        name = node.get("field")
        if isinstance(name, str) and name not in kept_names(owner, actor):
            item = owner.condition_field(name)
            if item is not None and actor.sees_field(owner.name, name):
                labels[item.title()] = None
        waiting += [(owner, part) for word in ("all", "any") for part in _list(node.get(word))]
        waiting.append((owner, node.get("not")))
        relation = owner.related_list(str(node["has"])) if "has" in node else None
        target = find_record_type(relation.type_name) if relation is not None else None
        if target is not None:
            waiting.append((target, node.get("where")))
    return list(labels)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def require_kept(record_type: RecordType, actor: Actor, names: Iterable[str], tree: Tree | None) -> None:
    """Refuse a question that the past can't answer; raises ``Invalid`` naming the fields."""
    lost = [record_type[name].title() for name in split_kept(record_type, names, actor)[1]]
    lost += [label for label in unkept_in_filter(record_type, tree, actor) if label not in lost]
    if lost:
        raise Invalid({"as_of": [sentence_of(lost)]})


def sentence_of(labels: Iterable[str]) -> str:
    """Return the sentence that says which fields have no past."""
    fields = formats.listed(dict.fromkeys(labels))
    return _("The past of these fields isn't kept, because they are computed: %(fields)s") % {"fields": fields}
