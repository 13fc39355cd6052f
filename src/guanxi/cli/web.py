"""What each web process loads: the application, tied to the life of the process that started it."""

from __future__ import annotations

import os
import signal
from threading import Thread

from guanxi.cli.process import die_with_parent

os.environ.pop("GUANXI_PARENT", None)  # our parent is the server, not the supervisor
die_with_parent(signal.SIGKILL)

from django.urls import reverse  # noqa: E402

from guanxi.config.wsgi import application  # noqa: E402
from guanxi.core.names import load_dictionary  # noqa: E402

reverse("account_login")  # loads all routes with what they import now, not while the first reader waits
Thread(target=load_dictionary, daemon=True).start()  # before the first save needs it, beside the first page

__all__ = ["application"]
