"""The secret of a calendar feed: how it looks, and what is kept of it. No database here."""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.urls.converters import StringConverter


class TokenConverter(StringConverter):
    """How a secret stands in an address: 256 bits, in signs that no program writes otherwise."""

    regex = "[0-9a-f]{64}"


def new_seed() -> str:
    """Return 256 fresh random bits, to go into the form that asks for an address."""
    return secrets.token_urlsafe(32)


def token_from(seed: str, feed_id: UUID) -> str:
    """Return the secret that belongs to this seed and feed: 256 bits, in hexadecimal digits.

    It is derived with the project's secret key and not drawn, as one-time codes are, so that a
    doubled click is shown the same one although it is stored nowhere. The feed's key is in it, so
    that an old form that is sent once more never brings back an address that was replaced.
    """
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"accounts.feeds:{feed_id}:{seed}".encode(), hashlib.sha256).hexdigest()


def digest_of(token: str) -> str:
    """Return the digest by which a feed is found.

    Without a key: nobody can guess 256 bits, and calendars go on when the host's secret key
    changes.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(token: str) -> str:
    """Return the whole address of this secret, on the site as the host names it.

    Not as the request names it: behind a proxy that would be without TLS.
    """
    return f"{settings.REPAIR_URL}{reverse('boundaries:read_feed', args=[token])}"
