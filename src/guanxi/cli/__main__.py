"""``python -m guanxi.cli COMMAND``: what the launcher hands over to."""

import sys

from guanxi.cli.dispatch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
