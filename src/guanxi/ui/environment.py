"""The Jinja2 environment of all pages: translations, formats, icons and addresses of the front end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

import guanxi
from guanxi.ui import cells, charts, details, formats, names, quick_formats
from guanxi.ui.assets import static_asset
from guanxi.ui.frame_parts import frame_part_of, sentence_attributes
from guanxi.ui.icons import icon
from guanxi.ui.translated import TranslatedEnvironment, install_translations


def template_folders() -> list[Path]:
    """Return every ``templates`` folder of the package: of apps and of the nouns inside them."""
    root = Path(guanxi.__file__).resolve().parent
    return sorted(folder for folder in root.rglob("templates") if folder.is_dir())


_DRAWN = {
    "icon": icon, "cell": cells.draw_cell, "tone": cells.tone_class, "bar": cells.draw_bar,
    "detail_row": details.draw_row, "detail_value": details.draw_value, "source_mark": details.draw_source,
}  # fmt: skip


def environment(**options: Any) -> Environment:
    """Build the environment for Django's Jinja2 backend (``OPTIONS["environment"]``).

    Undefined names raise, markup is escaped unless it is ``Markup``, ``_`` and ``{% trans %}`` use the catalogues.
    ``compiled_folder`` keeps compiled templates from one process to the next.
    """
    options.setdefault("undefined", StrictUndefined)
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.setdefault("extensions", ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])
    folder = options.pop("compiled_folder", None)
    env = TranslatedEnvironment(**options)
    env.compiled_folder = folder
    install_translations(env)
    env.globals.update(
        static_asset=static_asset,
        **_DRAWN,
        url=url,
        language=language,
        color_of=names.color_of,
        sentence_attributes=sentence_attributes,
        frame_part=frame_part_of(env),
        spark=charts.spark,
        heat_level=charts.heat_level,
        pyramid_wedges=charts.pyramid_wedges,
    )
    env.filters.update(
        money=quick_formats.money,
        money_compact=formats.money_compact,
        number=quick_formats.number,
        compact=formats.compact,
        percent=formats.percent,
        date=quick_formats.day,
        date_short=quick_formats.day_short,
        datetime=quick_formats.moment,
        clock=formats.clock,
        relative_time=formats.relative,
        bytes=formats.bytes_size,
        initials=names.initials,
        is_chinese=names.is_chinese,
        color_of=names.color_of,
        whole_percent=whole_percent,
    )
    return env


def language() -> str:
    """Return the active language as a BCP 47 tag: ``en``, ``zh-Hans``."""
    code = translation.get_language() or "en"
    return "zh-Hans" if code.lower().startswith("zh") else code


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named route."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def whole_percent(share: float | None) -> int:
    """Return a share of 0 to 1 as a whole percentage between 0 and 100, for the bar classes ``v-0`` to ``v-100``."""
    return 0 if share is None else max(0, min(100, round(float(share) * 100)))
