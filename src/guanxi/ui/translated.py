"""Templates compiled once for each language: a sentence without open places is text by then, not a call at every page.

A page says some two hundred sentences. Looking each of them up again took a tenth of the time that a page costs.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, cast

from django.utils import translation
from jinja2 import Environment, Template, nodes, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from guanxi.ui.compiled import CompiledTemplates

_SENTENCES = frozenset({"_", "gettext"})
_NUMBERS = (int, float)


class _Template(Template):
    """Imports other templates as they are: ours have the globals of their environment and none of their own."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()  # comparing the globals of both took longer than most macros


class TranslatedEnvironment(Environment):
    """Gives each template as compiled for the language in force; what a template includes or extends follows it."""

    language = ""
    compiled_folder: Path | None = None
    template_class = _Template

    def for_language(self, code: str) -> TranslatedEnvironment:
        """Return the environment that compiles for a language; it shares globals, filters and loader with this one."""
        known: dict[str, TranslatedEnvironment] = self.__dict__.setdefault("_languages", {})
        if code not in known:
            kept = None if self.compiled_folder is None else CompiledTemplates(self.compiled_folder, code)
            known[code] = self.overlay(bytecode_cache=kept)
            known[code].language = code
        return known[code]

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        code = translation.get_language()
        if self.language or not code:
            return super()._load_template(name, globals)
        return self.for_language(code)._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not self.language:
            return tree
        with translation.override(self.language):
            return cast(nodes.Template, _Sentences().visit(tree))


class _Sentences(NodeTransformer):
    """Puts the translation in the place of ``_("…")`` and of ``{% trans %}`` where nothing is filled in."""

    def visit_ScopedEvalContextModifier(self, node: nodes.Node) -> nodes.Node:
        """Leave alone what stands in ``{% autoescape false %}``: its sentences are no markup."""
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs) and len(node.args) == 1
        named = isinstance(node.node, nodes.Name) and node.node.name in _SENTENCES
        if plain and named and isinstance(node.args[0], nodes.Const) and isinstance(node.args[0].value, str):
            return nodes.Const(_markup(translation.gettext(node.args[0].value), {}), lineno=node.lineno)
        return node


def _filled(escapes: EvalContext, text: str, values: dict[str, Any]) -> str:
    return _markup(text, values) if escapes.autoescape else text % values


def _markup(text: str, values: dict[str, Any]) -> Markup:
    """Return a sentence of ours as markup, with escaped values in its ``%(name)s`` places."""
    return Markup(text % {name: item if type(item) in _NUMBERS else escape(item) for name, item in values.items()})


@pass_eval_context
def gettext(escapes: EvalContext, text: str, /, **values: Any) -> str:
    """Return a sentence in the language in force."""
    return _filled(escapes, translation.gettext(text), values)


@pass_eval_context
def ngettext(escapes: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    """Return a sentence in the language in force, in the form that the number asks for."""
    return _filled(escapes, translation.ngettext(one, many, num), {"num": num, **values})


@pass_eval_context
def pgettext(escapes: EvalContext, hint: str, text: str, /, **values: Any) -> str:
    """Return a sentence in the language in force, told from others of the same words by a hint."""
    return _filled(escapes, translation.pgettext(hint, text), {"context": hint, **values})


@pass_eval_context
def npgettext(escapes: EvalContext, hint: str, one: str, many: str, num: int, /, **values: Any) -> str:
    """Return a sentence told from others by a hint, in the form that the number asks for."""
    return _filled(escapes, translation.npgettext(hint, one, many, num), {"context": hint, "num": num, **values})


def install_translations(env: Environment) -> None:
    """Let the i18n extension of an environment use Django's catalogues."""
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, pgettext=pgettext, npgettext=npgettext)
