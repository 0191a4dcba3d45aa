"""Real mail servers on this machine, well and ill (RFC 5321)."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


@dataclass
class Office:
    """What a server does with what it is given, and what it was given.

    to_address, to_words: what it answers to a recipient, and to a mail. came: the mails that it
    took, with their recipients. tried: to which addresses it was asked to send. signed_in: the
    names and passwords that it was told.
    """

    to_address: str = "250 OK"
    to_words: str = "250 OK"
    came: list[tuple[str, str]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    signed_in: list[LoginPassword] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - as the library calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried.append(address)
        if self.to_address.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_address

    async def handle_DATA(  # noqa: N802 - as the library calls it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.to_words.startswith("250"):
            words = (envelope.original_content or b"").decode()
            self.came += [(address, words) for address in envelope.rcpt_tos]
        return self.to_words


@contextmanager
def open_office(settings: Any) -> Iterator[Office]:
    """A server that Repair sends its mails to during the block."""
    office = Office()
    server = Controller(office, hostname=HOST, port=free_port())
    server.start()
    try:
        use(settings, server.port)
        yield office
    finally:
        server.stop()


@contextmanager
def office_with_tls(certificate: Path, *, at_once: bool) -> Iterator[tuple[Office, int]]:
    """A server that takes nothing, and no password, without TLS; and its port.

    at_once: whether TLS comes before the first word, and not after STARTTLS (RFC 3207).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    office = Office()

    def sign_in(*told: Any) -> AuthResult:
        office.signed_in.append(told[-1])
        return AuthResult(success=True)

    tls = (
        {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
    )
    rules: dict[str, Any] = {"authenticator": sign_in, "auth_require_tls": not at_once}
    server = Controller(office, hostname=HOST, port=free_port(), **tls, **rules)
    server.start()
    try:
        yield office, server.port
    finally:
        server.stop()


def certificate_for(name: str, folder: Path) -> Path:
    """A file with a new key and a certificate for this name that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / f"{name}.pem"
    file.write_bytes(key.private_bytes(pem, *private) + made.public_bytes(pem))
    return file


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "conversations.mail.Smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, port, 5


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


# --- Ill ones, which a library would not be ---------------------------------------------------

Talk = Callable[[socket.socket, str], bool]


def hangs_up_at(word: str) -> Talk:
    """Answers all commands well until one that begins so; it ends the connection at that one.

    "." is the end of a mail: it has it all then, and perhaps keeps it.
    """

    def talk(connection: socket.socket, line: str) -> bool:
        if line.upper().startswith(word):
            return False
        answer(connection, line)
        return True

    return talk


def drips_at(word: str) -> Talk:
    """Answers one sign every tenth of a second, and never to the end."""

    def talk(connection: socket.socket, line: str) -> bool:
        if not line.upper().startswith(word):
            answer(connection, line)
            return True
        with suppress(OSError):
            connection.sendall(b"250-")
            for _ in range(300):
                connection.sendall(b"x")
                time.sleep(0.1)
        return False

    return talk


def answer(connection: socket.socket, line: str) -> None:
    goes_on = line.upper().startswith("DATA")
    if not connection_in_words(line):
        connection.sendall(b"354 go on\r\n" if goes_on else b"250 OK\r\n")


def connection_in_words(line: str) -> bool:
    """Whether it is a line of a mail, to which nothing is answered."""
    commands = ("EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "QUIT", "NOOP", ".")
    return not line.upper().startswith(commands)


@contextmanager
def ill_office(settings: Any, talk: Talk) -> Iterator[list[str]]:
    """A server that talks like that; yields the first words of all lines that it was sent."""
    lines: list[str] = []
    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=_serve, args=(server, talk, lines), daemon=True).start()
        use(settings, server.getsockname()[1])
        yield lines


def _serve(server: socket.socket, talk: Talk, lines: list[str]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"220 here\r\n")
                for line in connection.makefile("r", encoding="latin-1", newline="\r\n"):
                    lines.append(line.strip())
                    if not talk(connection, line.strip()):
                        break
