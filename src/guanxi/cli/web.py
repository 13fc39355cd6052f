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
from guanxi.core.names import pinyin_keys  # noqa: E402

reverse("account_login")  # loads all routes with what they import now, not while the first reader waits
Thread(target=pinyin_keys, args=("重庆",), daemon=True).start()  # reads the dictionary before the first save needs it

__all__ = ["application"]
