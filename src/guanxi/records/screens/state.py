"""The state of a list as it stands in its address: view, search, filters, sort, columns and place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid
from guanxi.records.filters import Tree, format_condition, parse_condition

MAX_STEPS_BACK = 30
MAX_TREE_CHARACTERS = 8_000
MAX_WORD, MAX_SHUT = 60, 100
WORDS = ("group", "pin", "density", "by", "until", "span")


@dataclass(frozen=True, slots=True)
class Look:
    """What a view shows: plain conditions, a nested rest of the filter, sort, columns, and how they are laid out.

    ``group`` is a field, a date with its unit (``due_at:month``). ``pin`` counts the columns that stay in sight beside
    the first. ``layout`` is a table where empty; ``by`` is the field of its columns on a board, or the date at which
    records stand in a calendar, ``until`` the date at which they end there, ``span`` how much time it shows.
    """

    conditions: tuple[str, ...] = ()
    tree: str = ""
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    group: str = ""
    pin: str = ""
    density: str = ""
    layout: str = ""
    by: str = ""
    until: str = ""
    span: str = ""

    def laid_out(self, layout: str) -> Self:
        """Return this look in a layout: calendar and timeline share their dates, a board's field is none of them."""
        if layout == self.layout or {layout, self.layout} == {"calendar", "timeline"}:
            return replace(self, layout=layout)
        return replace(self, layout=layout, by="", until="", span="")

    @property
    def filter(self) -> Tree | None:
        """Return the whole filter as one tree, or None; raises ``Invalid`` for conditions that can't be read."""
        parts: list[Tree] = [parse_condition(text) for text in self.conditions]
        if self.tree:
            parts.append(read_tree(self.tree))
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else {"all": parts}

    def to_json(self) -> dict[str, Any]:
        """Return the look as a saved view holds it."""
        lists = {"f": list(self.conditions), "tree": self.tree, "sort": list(self.sort), "cols": list(self.columns)}
        return {**lists, **{name: text for name in (*WORDS, "layout") if (text := getattr(self, name))}}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Return the look of a saved view."""
        lists = {name: tuple(str(item) for item in state.get(name, ()) or ()) for name in ("f", "sort", "cols")}
        words = {name: str(state.get(name) or "")[:MAX_WORD] for name in (*WORDS, "layout")}
        return cls(lists["f"], str(state.get("tree") or ""), lists["sort"], lists["cols"], **words)


@dataclass(frozen=True, slots=True)
class ListState:
    """The address of a list. ``None`` for filters, sort, columns and the words of a look means: as the view says.

    ``after`` is the cursor of this page and ``back`` the cursors of the pages before it, oldest first; ``page`` counts
    pages from 1. ``shut`` are the keys of groups or columns that are folded. ``full`` asks for sums however long they
    take; it is not kept. ``on`` is the day around which a calendar stands, today where it is empty.
    """

    view: str = ""
    search: str = ""
    conditions: tuple[str, ...] | None = None
    tree: str | None = None
    sort: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    group: str | None = None
    pin: str | None = None
    density: str | None = None
    by: str | None = None
    until: str | None = None
    span: str | None = None
    on: str = ""
    shut: tuple[str, ...] = ()
    full: bool = False
    after: str = ""
    back: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def read(cls, params: QueryDict) -> Self:
        """Return the state in the query part of an address; unknown parameters are ignored."""
        has_filter = "f" in params or "tree" in params
        page = params.get("page", "1")
        words: dict[str, Any] = {name: params[name][:MAX_WORD] if name in params else None for name in WORDS}
        return cls(
            view=params.get("view", "")[:40],
            search=params.get("q", "").strip()[:200],
            conditions=tuple(text for text in params.getlist("f") if text) if has_filter else None,
            tree=params.get("tree", "") if has_filter else None,
            sort=_names(params, "sort"),
            columns=_names(params, "cols"),
            **words,
            shut=tuple(dict.fromkeys(text[:80] for text in params.getlist("shut")))[:MAX_SHUT],
            full=params.get("full") == "1",
            on=params.get("on", "")[:10],
            after=params.get("after", "")[:2000],
            back=tuple(part for part in params.get("back", "").split(".") if part)[-MAX_STEPS_BACK:],
            page=int(page) if page.isdecimal() and len(page) < 7 else 1,
        )

    def look(self, view: Look) -> Look:
        """Return what is shown: the view with what the address changes."""
        words: dict[str, Any] = {name: getattr(view if getattr(self, name) is None else self, name) for name in WORDS}
        return Look(
            view.conditions if self.conditions is None else self.conditions,
            view.tree if self.tree is None else self.tree,
            view.sort if self.sort is None else self.sort,
            view.columns if self.columns is None else self.columns,
            layout=view.layout,
            **words,
        )

    def with_look(self, look: Look, view: Look) -> Self:
        """Return the state that shows ``look``, naming only what differs from the view, on its first page."""
        words: dict[str, Any] = {
            name: None if getattr(look, name) == getattr(view, name) else getattr(look, name) for name in WORDS
        }
        same_filter = look.conditions == view.conditions and look.tree == view.tree
        return replace(
            self, conditions=None if same_filter else look.conditions, tree=None if same_filter else look.tree,
            sort=None if look.sort == view.sort else look.sort,
            columns=None if look.columns == view.columns else look.columns, after="", back=(), page=1,
            **words,
        )  # fmt: skip

    def next_page(self, cursor: str) -> Self:
        """Return the state of the page after this one."""
        back = (*self.back, self.after)[-MAX_STEPS_BACK:] if self.after else self.back
        return replace(self, after=cursor, back=back, page=self.page + 1)

    def previous_page(self) -> Self:
        """Return the state of the page before this one."""
        if not self.back:
            return replace(self, after="", back=(), page=1)
        return replace(self, after=self.back[-1], back=self.back[:-1], page=max(1, self.page - 1))

    def first_page(self) -> Self:
        """Return the same list from its beginning."""
        return replace(self, after="", back=(), page=1)

    def pairs(self, *, search: bool = True) -> Iterator[tuple[str, str]]:
        """Yield the parameters of the address in a fixed order."""
        if self.view:
            yield "view", self.view
        if search and self.search:
            yield "q", self.search
        if self.conditions is not None:
            yield from (("f", text) for text in self.conditions or ("",))
        if self.tree:
            yield "tree", self.tree
        if self.sort is not None:
            yield "sort", ",".join(self.sort)
        if self.columns is not None:
            yield "cols", ",".join(self.columns)
        for name in WORDS:
            if (word := getattr(self, name)) is not None:
                yield name, word
        yield from self._place()

    def _place(self) -> Iterator[tuple[str, str]]:
        yield from (("shut", key) for key in self.shut)
        if self.on:
            yield "on", self.on
        if self.after:
            yield "after", self.after
        if self.back:
            yield "back", ".".join(self.back)
        if self.page > 1:
            yield "page", str(self.page)

    def query(self) -> str:
        """Return the query part of the address without its question mark."""
        return urlencode(list(self.pairs()), safe=":,")

    def url(self, base: str) -> str:
        """Return the address of this state below ``base``."""
        query = self.query()
        return f"{base}?{query}" if query else base


def read_tree(text: str) -> Tree:
    """Return a filter tree written as JSON; raises ``Invalid`` when it isn't one."""
    try:
        tree = json.loads(text) if len(text) <= MAX_TREE_CHARACTERS else None
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise Invalid({"filter": [_("This filter has a part that isn't known.")]})
    return tree


def look_of_tree(tree: Tree | None) -> tuple[tuple[str, ...], str]:
    """Split a filter into plain conditions, which become chips, and the JSON of what is nested."""
    if not tree:
        return (), ""
    parts = tree["all"] if set(tree) == {"all"} and isinstance(tree["all"], list) else [tree]
    plain = [part for part in parts if _is_plain(part)]
    nested = [part for part in parts if not _is_plain(part)]
    rest = nested[0] if len(nested) == 1 else {"all": nested} if nested else None
    words = tuple(format_condition(_as_text(part)) for part in plain)
    return words, json.dumps(rest, separators=(",", ":"), ensure_ascii=False) if rest else ""


def _is_plain(part: Any) -> bool:
    """Say whether a node can be written as ``field:op:value``: a condition whose values hold no comma."""
    if not isinstance(part, dict) or not {"field", "op"} <= set(part) <= {"field", "op", "value"}:
        return False
    value = part.get("value")
    return not isinstance(value, (list, tuple)) or not any("," in str(item) for item in value)


def _as_text(part: Tree) -> Tree:
    value = part.get("value")
    return {**part, "value": "true" if value is True else "false" if value is False else "" if value is None else value}


def _names(params: QueryDict, key: str) -> tuple[str, ...] | None:
    return tuple(part for part in params.get(key, "").split(",") if part) if key in params else None
