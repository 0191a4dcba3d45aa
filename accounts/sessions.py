"""Sessions in the database: what one holds is sealed, too (decision 43)."""

from typing import Any

from django.contrib.sessions.backends import db
from django.core.signing import JSONSerializer

from accounts import vault


class Sealed:
    """Django's own way to write a session down, wrapped by the host's key: SESSION_SERIALIZER.

    While a password is asked for, the sign-in library keeps the whole request in the session, with
    whatever was typed in its form. Django signs a session and does not seal it.
    """

    def dumps(self, session: dict[str, Any]) -> bytes:
        """The session for the database."""
        return vault.wrap(JSONSerializer().dumps(session)).encode()

    def loads(self, data: bytes) -> Any:
        """The session from it. Raises UnreadableError, which Django takes for an empty one."""
        return JSONSerializer().loads(vault.unwrap(data.decode()))


class SessionStore(db.SessionStore):
    """Django's own, which asks the database for any key that a cookie holds: SESSION_ENGINE.

    PostgreSQL takes no NUL, so such a cookie was a fault in place of nobody's session.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and session_key.isalnum() else None)
