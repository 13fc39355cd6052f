"""The browser that journey tests and screenshots use: the system's Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-noto-cjk")


def browser_path() -> str | None:
    """Return the path of the browser, or None where there is none; ``GUANXI_BROWSER`` names another."""
    named = os.environ.get("GUANXI_BROWSER")
    return named or next((path for path in map(shutil.which, _NAMES) if path), None)


def ensure_browser() -> None:
    """Install Chromium with Chinese fonts by apt when we are root and it is absent; otherwise say what to install."""
    if browser_path():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"There is no Chromium, so tests in the browser are skipped. Install: {' '.join(_PACKAGES)}.")
        return
    print("Installing Chromium for the tests in the browser …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *_PACKAGES]):
        done = subprocess.run(
            ["apt-get", *words], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            print(
                f"apt-get {words[0]} failed; tests in the browser are skipped.\n{done.stderr[-1500:]}", file=sys.stderr
            )
            return
