"""Compile every catalogue of translations (.po) of the package to the form that is read at run time (.mo).

Run by set-up as ``python -m guanxi.cli.translations`` whenever a catalogue changed; needs Babel only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SOURCE = Path(__file__).resolve().parents[1]


def compile_catalogue(source: Path) -> Path:
    """Write the compiled twin of one catalogue beside it and return its path; fuzzy entries are left out."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    target = source.with_suffix(".mo")
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(target)
    return target


def main() -> int:
    """Compile all catalogues; return 1 and name the file where one is malformed."""
    for source in sorted(SOURCE.rglob("*.po")):
        try:
            compile_catalogue(source)
        except PoFileError as error:
            print(f"{source}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
