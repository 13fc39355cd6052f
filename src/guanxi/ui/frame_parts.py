"""Parts of the frame that stay the same from page to page: drawn once for a reader and place, then kept.

Sidebar and dialogs are half of what a page costs. What is kept depends on everything they show, so it can't go stale;
the security token of the forms in them is put in at every request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.utils import translation
from jinja2 import Environment
from markupsafe import Markup

from guanxi.ui.sentences import sentences
from guanxi.ui.shell import Shell

MOST_KEPT = 2_000
_TOKEN = "\x00token\x00"
_Key = tuple[str, str, tuple[object, ...]]


def frame_part_of(env: Environment) -> Callable[[str, Shell, str], Markup]:
    """Return the template function ``frame_part(template, shell, csrf_input)`` for an environment."""
    kept: OrderedDict[_Key, str] = OrderedDict()
    lock = Lock()

    def frame_part(template: str, shell: Shell, csrf_input: str) -> Markup:
        key = (template, translation.get_language() or "", shell.part_key)
        text = None if settings.DEBUG else kept.get(key)
        if text is None:
            text = env.get_template(template).render(shell=shell, csrf_input=Markup(_TOKEN))
            with lock:
                kept[key] = text
                while len(kept) > MOST_KEPT:
                    kept.popitem(last=False)
        return Markup(text.replace(_TOKEN, str(csrf_input)))

    return frame_part


def sentence_attributes() -> Markup:
    """Return the sentences for the scripts as attributes of ``<body>``; worked out once per language."""
    language = translation.get_language() or ""
    found = _SENTENCES.get(language)
    if found is None:
        pairs = (Markup(' data-say-{}="{}"').format(name, sentence) for name, sentence in sentences().items())
        found = _SENTENCES[language] = Markup("").join(pairs)
    return found


_SENTENCES: dict[str, Markup] = {}
