"""What each web process loads: the application, tied to the life of the process that started it."""

from __future__ import annotations

import os
import signal

from guanxi.cli.process import die_with_parent

os.environ.pop("GUANXI_PARENT", None)  # our parent is the server, not the supervisor
die_with_parent(signal.SIGKILL)

from guanxi.config.wsgi import application  # noqa: E402

__all__ = ["application"]
