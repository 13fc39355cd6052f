"""Browsers that want to be told by push: taking them in and letting them go."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _
from py_vapid import Vapid02

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.work.notification.carriers import is_push_address
from guanxi.work.notification.models import PushSubscription

MOST_BROWSERS = 20


def public_key() -> str:
    """Return the key that browsers ask for when they subscribe, base64url without padding; empty without push."""
    if not settings.PUSH_KEY:
        return ""
    key = Vapid02.from_string(settings.PUSH_KEY).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def subscribe(actor: Actor, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Tell the actor by push in one more browser; a browser that somebody else used here before is the actor's now.

    Raises ``Invalid`` for an address that belongs to no known push service, or keys that aren't keys.
    """
    if actor.user_id is None or not settings.PUSH_KEY:
        raise NotAllowed
    if len(endpoint) > 500 or not is_push_address(endpoint) or _length(p256dh) != 65 or _length(auth) != 16:
        raise Invalid({"": [_("This browser's push service isn't known here.")]})
    found, _made = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"user_id": actor.user_id, "p256dh": p256dh, "auth": auth}
    )
    newest = PushSubscription.objects.filter(user_id=actor.user_id).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(user_id=actor.user_id).exclude(pk__in=list(newest[:MOST_BROWSERS])).delete()
    return found


def unsubscribe(actor: Actor, endpoint: str) -> None:
    """Stop telling the actor by push in one browser."""
    PushSubscription.objects.filter(user_id=actor.user_id or 0, endpoint=endpoint).delete()


def _length(text: str) -> int:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return 0
