"""A signed-in visitor over plain HTTP to this machine, for `demo --check`."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from guanxi.cli.failure import CommandFailed

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back: status, target of a redirect ("" if none) and text."""

    status: int
    location: str
    text: str


@dataclass
class Visitor:
    """Keeps cookies between requests. Browsers treat this machine as safe and send ``Secure`` cookies; so do we."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Ask for a page, following one redirect on this machine."""
        answer = self._ask("GET", path)
        return self._ask("GET", answer.location) if answer.location.startswith("/") else answer

    def post(self, path: str, values: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(values))

    def sign_in(self, email: str, password: str, path: str = "/account/login/") -> None:
        """Sign in through the page that people use. Raises ``CommandFailed`` when it does not let us in."""
        token = _TOKEN.search(self.get(path).text)
        if token is None:
            raise CommandFailed(f"The sign-in page at {path} has no form.")
        answer = self.post(path, {"csrfmiddlewaretoken": token.group(1), "login": email, "password": password})
        if answer.status != 302 or "login" in answer.location:
            raise CommandFailed(f"Signing in as {email} was refused ({answer.status}).")

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        place = urlsplit(self.address)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Host": place.netloc}
        if body is not None:
            origin = f"{place.scheme}://{place.netloc}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": origin + path}
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name.strip()] = value
        return Answer(response.status, response.headers.get("Location", ""), text)
