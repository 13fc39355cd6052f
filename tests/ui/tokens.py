"""The colours of the token file in both themes, and how far two of them are apart for the eye."""

from __future__ import annotations

import re
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "frontend" / "src" / "styles"
Rgb = tuple[float, float, float]

# Machado, Oliveira & Fernandes (2009): severity 1.0, applied to linear RGB.
MACHADO = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def colors(theme: str) -> dict[str, str]:
    """Every token that is a colour, as ``#RRGGBB``, in ``light`` or ``dark``."""
    text = (STYLES / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    pattern = r"--([\w-]+):\s*(?:light-dark\(\s*(#[0-9a-fA-F]{6}),\s*(#[0-9a-fA-F]{6})\s*\)|(#[0-9a-fA-F]{6}))"
    for name, light, dark, both in re.findall(pattern, text):
        found[name] = (light if theme == "light" else dark) or both
    return found


def linear(color: str) -> Rgb:
    """Linear RGB of ``#RRGGBB``."""

    def channel(start: int) -> float:
        value = int(color[start : start + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return channel(1), channel(3), channel(5)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def seen(color: str, vision: str) -> Rgb:
    """Linear RGB as a person with this vision sees it (``normal``, ``protan``, ``deutan``, ``tritan``)."""
    rgb = linear(color)
    if vision == "normal":
        return rgb
    rows = (sum(weight * value for weight, value in zip(row, rgb, strict=True)) for row in MACHADO[vision])
    red, green, blue = (min(1.0, max(0.0, value)) for value in rows)
    return red, green, blue


def distance(one: Rgb, other: Rgb) -> float:
    """CIE76 distance of two colours given in linear RGB (D65)."""
    return sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5


def _lab(rgb: Rgb) -> Rgb:
    red, green, blue = rgb
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883

    def root(value: float) -> float:
        return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116

    return 116 * root(y) - 16, 500 * (root(x) - root(y)), 200 * (root(y) - root(z))
