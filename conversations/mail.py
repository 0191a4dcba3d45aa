"""Handing a mail to the mail server, and knowing what became of it (R28)."""

import logging
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

from conversations.models import Notice

Fault = Notice.Fault
LONGEST_IN_ALL = 5.0
"""Seconds after which one sweep sends nothing more, so that it comes to other things."""

log = logging.getLogger(__name__)


class Smtp(EmailBackend):
    """Django's own, which also knows whether a mail may have gone where the connection ended."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What speaks to the server."""
        return _OverSsl if self.use_ssl else _Plain

    @property
    def may_have_gone(self) -> bool:
        """Whether the last mail was on its way and the server's answer to it never came."""
        return getattr(self.connection, "may_have_gone", False)

    def hang_up(self) -> None:
        """End the connection under whoever waits for its answer, also from another thread."""
        sock = self.connection and self.connection.sock
        if sock:
            with suppress(OSError):
                # Not the method of a socket in TLS, which would first lay its keys aside.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Noting:
    """Notes when a mail is on its way: from the command that begins it until it is answered."""

    may_have_gone = False

    def data(self, msg: Any) -> Any:
        """As smtplib has it."""
        self.may_have_gone = True
        answer = super().data(msg)  # type: ignore[misc]
        self.may_have_gone = False
        return answer


class _Plain(_Noting, smtplib.SMTP):
    pass


class _OverSsl(_Noting, smtplib.SMTP_SSL):
    pass


class Post:
    """The way to the mail server during one sweep: one connection, made when it is needed.

    `reach` and `close` may take as long as the server lets them, so they are for when no pair is
    locked. `hand_over` ends after EMAIL_TIMEOUT, however slowly the server answers.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._connection: Any = get_connection()
        self._is_open = False
        self._fault: Fault | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def has_taken_long(self) -> bool:
        """Whether this sweep has been sending for so long that the rest is for the next one."""
        return time.monotonic() - self._begun > LONGEST_IN_ALL

    def reach(self) -> Fault | None:
        """Connect and sign in, if that has to be; return why it failed.

        Once it did, it is not tried again in this sweep.
        """
        if self._is_open or self._fault:
            return self._fault
        self.close()
        try:
            self._connection.open()
        except Exception as raised:
            log.exception("The mail server could not be reached")
            self._fault = _fault_of(raised)
        self._is_open = self._fault is None
        return self._fault

    def hand_over(self, address: str) -> Fault | None:
        """Send the notice to this address; return why it was not sent, or may not have been.

        The same mail whatever it tells of: a sender, a subject and words that say nothing, and a
        link to the front page. Only with LOST is it unknown whether it went.
        """
        mail = _mail(address, self._connection)
        try:
            with _at_most(settings.EMAIL_TIMEOUT or 10, self._connection):
                mail.send()
        except Exception as raised:
            log.exception("A notice could not be sent")
            self._is_open = False
            return Fault.LOST if _may_have_gone(raised, self._connection) else _fault_of(raised)
        return None

    def close(self) -> None:
        """Take leave of the server, however it is."""
        self._is_open = False
        try:
            self._connection.close()
        except Exception:
            log.exception("The mail server could not be taken leave of")


def _mail(address: str, connection: Any) -> EmailMessage:
    context = {"address": settings.REPAIR_URL}
    return EmailMessage(
        subject=render_to_string("conversations/mail/notice_subject.txt", context).strip(),
        body=render_to_string("conversations/mail/notice.txt", context),
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: nobody's holiday answers it
        connection=connection,
    )


@contextmanager
def _at_most(seconds: float, connection: Any) -> Iterator[None]:
    """Hang up after so long, in all.

    A socket's own timeout begins anew with each byte that comes, so it is no bound.
    """
    timer = threading.Timer(seconds, getattr(connection, "hang_up", lambda: None))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _may_have_gone(raised: Exception, connection: Any) -> bool:
    """Not if the server answered with a refusal, or the mail was not on its way yet.

    Of other ways to send than by SMTP nothing is known.
    """
    refused = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
    if isinstance(raised, refused):
        return False
    return bool(getattr(connection, "may_have_gone", True))


def _fault_of(raised: Exception) -> Fault:
    """The kind of what was raised, without its words."""
    if isinstance(raised, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in raised.recipients.values()]
        return Fault.NOT_NOW if _for_now(min(codes)) else Fault.ADDRESS_REFUSED
    if isinstance(raised, smtplib.SMTPResponseException):
        return Fault.NOT_NOW if _for_now(raised.smtp_code) else Fault.REFUSED
    if isinstance(raised, smtplib.SMTPServerDisconnected):
        return Fault.UNREACHABLE
    if isinstance(raised, smtplib.SMTPException):  # which is an OSError, too
        return Fault.OTHER
    return Fault.UNREACHABLE if isinstance(raised, OSError) else Fault.OTHER


def _for_now(code: int) -> bool:
    """Whether the server may answer otherwise later (RFC 5321, section 4.2.1)."""
    return 400 <= code < 500
