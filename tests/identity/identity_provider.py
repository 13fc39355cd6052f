"""An OpenID Connect provider for tests: a small server on this machine that issues signed tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "guanxi", "between us"


def new_key() -> rsa.RSAPrivateKey:
    """A key to sign with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class IdentityProvider:
    """Knows one person, and answers the next code with ``claims`` changed and signed as a test asks."""

    address: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    signing_key: Any = None
    algorithm: str = "RS256"
    headers: dict[str, Any] = field(default_factory=lambda: {"kid": "one"})
    person: dict[str, Any] = field(default_factory=lambda: {
        "sub": "248", "email": "mei@example.com", "email_verified": True, "name": "Mei"})  # fmt: skip
    claims: dict[str, Any] = field(default_factory=dict)
    has_token: bool = True
    asked: dict[str, str] = field(default_factory=dict)
    bought: list[dict[str, list[str]]] = field(default_factory=list)

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo",
                 "jwks_uri": "keys"}  # fmt: skip
        return {"issuer": self.address, "token_endpoint_auth_methods_supported": ["client_secret_post"],
                **{name: f"{self.address}/{path}" for name, path in names.items()}}  # fmt: skip

    def keys(self) -> dict[str, Any]:
        """The public keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def sell(self, form: dict[str, list[str]]) -> dict[str, Any]:
        """Exchange a code for tokens; without the right secret and proof of the code there is none."""
        self.bought.append(form)
        proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if form["client_secret"] != [SECRET] or challenge != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        usual = {"iss": self.address, "aud": CLIENT, "sub": self.person["sub"], "nonce": self.asked.get("nonce"),
                 "iat": int(time.time()), "exp": int(time.time()) + 300}  # fmt: skip
        claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        key = self.key if self.signing_key is None else self.signing_key
        token = jwt.encode(claims, key or None, algorithm=self.algorithm, headers=self.headers)
        return {"access_token": "a", "token_type": "Bearer", **({"id_token": token} if self.has_token else {})}


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """Serve a provider while the block runs."""
    provider = IdentityProvider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages = {"/.well-known/openid-configuration": provider.configuration, "/keys": provider.keys,
                     "/userinfo": lambda: provider.person}  # fmt: skip
            self.answer(pages[self.path]())

        def do_POST(self) -> None:
            self.answer(provider.sell(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())))

        def answer(self, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(400 if "error" in body else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()
