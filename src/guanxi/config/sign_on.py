"""Single sign-on with an OpenID Connect provider, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CLASS = "guanxi.identity.single_sign_on.provider.CheckedProvider"


def single_sign_on(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return allauth's provider settings; without ``GUANXI_OIDC_URL`` they name no provider to sign in with.

    ``GUANXI_OIDC_URL`` is the issuer (or its discovery document), ``GUANXI_OIDC_CLIENT`` and ``GUANXI_OIDC_SECRET``
    what it gave us, ``GUANXI_OIDC_NAME`` what the button says. A user is found by the e-mail address that the provider
    has verified.
    """
    issuer = environment.get("GUANXI_OIDC_URL", "").strip()
    if not issuer:
        return {"openid_connect": {"provider_class": _CLASS}}
    app = {
        "provider_id": "company", "name": environment.get("GUANXI_OIDC_NAME") or "single sign-on",
        "client_id": environment.get("GUANXI_OIDC_CLIENT", ""), "secret": environment.get("GUANXI_OIDC_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }  # fmt: skip
    return {"openid_connect": {"provider_class": _CLASS, "APPS": [app], "EMAIL_AUTHENTICATION": True,
                               "EMAIL_AUTHENTICATION_AUTO_CONNECT": True}}  # fmt: skip
