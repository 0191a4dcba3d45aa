"""What a session holds is sealed, too (decision 43)."""

from typing import Any

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
