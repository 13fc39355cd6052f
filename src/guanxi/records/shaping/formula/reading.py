"""Reads formulas: ``IF([Amount] > 1000, [Amount] * 0.05, 0)``.

Written as in a spreadsheet. Fields stand by their name, or in brackets by their label. Chinese punctuation counts as
its Western twin, because input methods write it without being asked.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from guanxi.core.errors import Invalid
from guanxi.records.shaping.formula.nodes import Call, Constant, Name, Node

LONGEST, DEEPEST = 1_000, 60
_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: deny (_AND deny)*
?deny: _NOT deny -> deny
     | compare
?compare: joined (COMPARE joined)?
?joined: sum ("&" sum)*
?sum: product (SIGN product)*
?product: minus (TIMES minus)*
?minus: "-" minus -> minus
      | atom
?atom: NUMBER -> number
     | TEXT -> text
     | TRUTH -> truth
     | WORD "(" [either ("," either)*] ")" -> call
     | WORD -> field
     | LABEL -> label
     | "(" either ")"
_OR.2: /or(?![a-z0-9_])/i
_AND.2: /and(?![a-z0-9_])/i
_NOT.2: /not(?![a-z0-9_])/i
TRUTH.2: /(true|false)(?![a-z0-9_])/i
COMPARE: "<=" | ">=" | "<>" | "!=" | "==" | "=" | "<" | ">"
SIGN: "+" | "-"
TIMES: "*" | "/"
NUMBER: /[0-9]{1,15}(\.[0-9]{1,10})?/
TEXT: /"[^"]*"/
LABEL: /\[[^\[\]]+\]/
WORD: /[A-Za-z][A-Za-z0-9_]*/
%ignore /\s+/
"""
_TWINS = str.maketrans("（），；【】＋－＊／＝＜＞＆×÷“”", '(),,[]+-*/=<>&*/""')
_QUOTED = re.compile(r'("[^"]*"|\[[^\[\]]*\])')


class _Nodes(Transformer[Token, Node]):
    """Turns what the grammar found into nodes."""

    def either(self, parts: list[Any]) -> Node:
        return Call("OR", tuple(parts))

    def both(self, parts: list[Any]) -> Node:
        return Call("AND", tuple(parts))

    def deny(self, parts: list[Any]) -> Node:
        return Call("NOT", tuple(parts))

    def compare(self, parts: list[Any]) -> Node:
        left, sign, right = parts
        sign = {"==": "=", "!=": "<>"}.get(str(sign), str(sign))
        return Call(sign, (left, right))

    def joined(self, parts: list[Any]) -> Node:
        return Call("&", tuple(parts))

    def sum(self, parts: list[Any]) -> Node:
        return _from_the_left(parts)

    def product(self, parts: list[Any]) -> Node:
        return _from_the_left(parts)

    def minus(self, parts: list[Any]) -> Node:
        return Call("-", (Constant(Decimal(0)), parts[0]))

    def number(self, parts: list[Any]) -> Node:
        return Constant(Decimal(str(parts[0])))

    def text(self, parts: list[Any]) -> Node:
        return Constant(str(parts[0])[1:-1])

    def truth(self, parts: list[Any]) -> Node:
        return Constant(str(parts[0]).lower() == "true")

    def call(self, parts: list[Any]) -> Node:
        return Call(str(parts[0]).upper(), tuple(part for part in parts[1:] if part is not None))

    def field(self, parts: list[Any]) -> Node:
        return Name(str(parts[0]))

    def label(self, parts: list[Any]) -> Node:
        return Name(str(parts[0])[1:-1].strip())


def _from_the_left(parts: list[Any]) -> Node:
    node = parts[0]
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        node = Call(str(sign), (node, part))
    return node  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=None)


def read_formula(text: str) -> Node:
    """Return what a formula says; raises ``Invalid`` (under ``formula``) with the place of the first mistake."""
    if not text.strip():
        raise Invalid({"formula": [_("Enter a formula.")]})
    if len(text) > LONGEST:
        raise Invalid({"formula": [_("Use at most %(limit)s characters; this has %(length)s.")
                                   % {"limit": LONGEST, "length": len(text)}]})  # fmt: skip
    try:
        made = _Nodes().transform(_parser().parse(plain(text)))
    except UnexpectedInput as mistake:
        raise Invalid({"formula": [_mistake(text, mistake)]}) from mistake
    except (RecursionError, VisitError) as mistake:
        raise Invalid({"formula": [_("This formula is nested too deeply.")]}) from mistake
    if depth_of(made) > DEEPEST:
        raise Invalid({"formula": [_("This formula is nested too deeply.")]})
    return made


def depth_of(node: Node) -> int:
    """Return how many functions stand within each other at the deepest place."""
    depth, level = 0, [node]
    while level:
        depth += 1
        level = [part for item in level if isinstance(item, Call) for part in item.parts]
    return depth


def plain(text: str) -> str:
    """Return a formula with Western signs outside of texts and labels; curly quotes become straight ones first."""
    straight = text.translate({ord("“"): '"', ord("”"): '"', ord("【"): "[", ord("】"): "]"})
    parts = _QUOTED.split(straight)
    return "".join(part if _QUOTED.fullmatch(part) else part.translate(_TWINS) for part in parts)


def _mistake(text: str, mistake: UnexpectedInput) -> str:
    at = mistake.pos_in_stream if mistake.pos_in_stream is not None else -1
    if not 0 <= at < len(text) or (isinstance(mistake, UnexpectedToken) and mistake.token.type == "$END"):
        return _("The formula ends too early. Look for a missing bracket or value.")
    return _("Nothing like “%(part)s” can stand at character %(place)s.") % {
        "part": text[at : at + 12],
        "place": at + 1,
    }
