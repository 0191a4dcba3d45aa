"""Words at rest: what people write is kept sealed, so that a copy of the database tells none of it.

Each pair and each person has a key of their own, random, with which their words are sealed
(AES-256-GCM, NIST SP 800-38D). It is kept wrapped by a key of the host's, which is not in the
database. Those keys have versions (`REPAIR_KEYS`, the first one wraps); changing the host's key
wraps the others anew and touches no words. What is sealed is bound to the place where it stands,
so that nobody can move it to another row, field or pair.
"""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class UnreadableError(Exception):
    """What was sealed cannot be opened: it was changed, moved or cut, or its key is gone.

    A template shows nothing in its place, and says so where it matters.
    """

    silent_variable_failure = True


def new_key() -> str:
    """A new key for one pair or one person, wrapped by the host's present key."""
    return wrap(AESGCM.generate_key(bit_length=8 * KEY_BYTES))


def is_current(wrapped: str) -> bool:
    """Whether a key is wrapped by the host's present key."""
    return wrapped.startswith(prefix())


def prefix() -> str:
    """What each key begins with that is wrapped by the host's present key."""
    return f"{next(iter(settings.REPAIR_KEYS))}:"


def rewrap(wrapped: str) -> str:
    """The same key, wrapped by the host's present key. Raises UnreadableError."""
    return wrap(_unwrap(wrapped))


def wrap(data: bytes) -> str:
    """The data, wrapped by the host's present key, with that key's version before it."""
    version, wrapping = next(iter(settings.REPAIR_KEYS.items()))
    return f"{version}:{Fernet(wrapping).encrypt(data).decode()}"


def unwrap(wrapped: str) -> bytes:
    """What was wrapped by one of the host's keys. Raises UnreadableError."""
    version, _, token = wrapped.partition(":")
    try:
        return Fernet(settings.REPAIR_KEYS[int(version)]).decrypt(token)
    except (KeyError, ValueError, InvalidToken):
        raise UnreadableError from None


def seal(words: str, *, wrapped: str, place: str) -> bytes:
    """The words, sealed for one place. Sealing the same words twice gives different bytes.

    place: names one field of one row of one pair or person, and nothing else. Raises
    UnreadableError if the key itself cannot be opened.
    """
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + _cipher(wrapped).encrypt(nonce, words.encode(), place.encode())


def unseal(sealed: bytes, *, wrapped: str, place: str) -> str:
    """The words that were sealed with this key for this place. Raises UnreadableError."""
    nonce, words = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != FORMAT:
        raise UnreadableError
    try:
        return _cipher(wrapped).decrypt(nonce, words, place.encode()).decode()
    except (InvalidTag, ValueError):
        raise UnreadableError from None


@lru_cache(maxsize=4096)
def _cipher(wrapped: str) -> AESGCM:
    """Kept by the wrapped key, so that one which is gone from its row is not found here either."""
    return AESGCM(_unwrap(wrapped))


def _unwrap(wrapped: str) -> bytes:
    key = unwrap(wrapped)
    if len(key) != KEY_BYTES:
        raise UnreadableError
    return key
