"""Icons of the sprite, as markup."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from guanxi.ui.assets import static_asset


def icon(name: str, size_px: int = 16, label: str = "") -> Markup:
    """Return an icon of the sprite; decorative unless ``label`` names what it means."""
    return _icon(static_asset("icons.svg"), name, size_px, label)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, size_px: int, label: str) -> Markup:
    classes = "icon" if size_px == 16 else f"icon icon--{size_px}"
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="{classes}" {role}><use href="{escape(sprite)}#{escape(name)}"></use></svg>')
