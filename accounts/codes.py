"""One-time codes: how they look, and what is kept of them. No database here."""

import hashlib
import hmac
import secrets
import unicodedata
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

# Capital letters and digits, without 0, O, 1 and I: 32 signs that are told apart on paper.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUP, GROUPS = 4, 4
LENGTH = GROUP * GROUPS


def new_seed() -> str:
    """Return a fresh random seed, to go into the form that asks for a code."""
    return secrets.token_urlsafe(16)


def code_from(seed: str, person_id: UUID) -> str:
    """Return the code that belongs to this seed and person: 80 bits, in groups.

    The code is not drawn but derived, with the project's secret key. The form that asks for a
    code carries the seed, so a doubled click or a reload asks for the same code again and is
    shown the same one, although the code itself is stored nowhere, not even in the session. Who
    knows the seed but not the secret key knows nothing about the code.
    """
    key = settings.SECRET_KEY.encode()
    stretched = hmac.digest(key, f"accounts.codes.seed:{person_id}:{seed}".encode(), hashlib.sha256)
    signs = "".join(ALPHABET[byte % len(ALPHABET)] for byte in stretched[:LENGTH])
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def key_from(seed: str, person_id: UUID) -> UUID:
    """Return the key of what is asked for with this seed, by which the same page finds it again.

    Derived like the code, so that it is told neither by the seed nor of it.
    """
    secret = settings.SECRET_KEY.encode()
    asked = f"accounts.codes.key:{person_id}:{seed}".encode()
    return UUID(bytes=hmac.digest(secret, asked, hashlib.sha256)[:16], version=4)


def digest_of(code: str) -> str:
    """Return the keyed digest by which a code is found, however it was typed.

    It is keyed with the project's secret key: a copy of the database alone does not allow
    guessing. A new secret key makes the codes that are on their way void.
    """
    return salted_hmac("accounts.codes.digest", _bare(code), algorithm="sha256").hexdigest()


def _bare(code: str) -> str:
    """Return the code's letters and digits in capitals, without spaces, hyphens and the like."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isalnum())
