"""``python -m guanxi.core.postgres start|stop|status|urls``: the database server by hand, for developers."""

from __future__ import annotations

import sys

from . import DatabaseUnavailable, ensure_running, status, stop, urls


def main(arguments: list[str]) -> int:
    """Run one verb; ``start`` leaves the server running. Returns 0, 1 when it failed, 2 for an unknown verb."""
    try:
        match arguments:
            case ["start"]:
                ensure_running()
                print(status())
            case ["stop"]:
                stop()
            case ["status"]:
                print(status())
                return 0 if status().is_running else 1
            case ["urls"]:
                print(urls())
            case _:
                print(__doc__)
                return 2
    except DatabaseUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
