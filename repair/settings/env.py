"""Reading the environment. Every fault ends the start with one line that says what to set."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import dj_database_url
import dj_email_url
from cryptography.fernet import Fernet
from environs import Env, EnvError

from accounts import help_lines

Value = TypeVar("Value")

env = Env()

DATABASE_HELP = (
    "Set it to sqlite:////absolute/path/to/file or postgresql://user:password@host:5432/name "
    "(characters such as @ : / in the password are written %40 %3A %2F)."
)
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
BROKER_SCHEMES = ("redis", "rediss")
# dj_email_url knows only the first of these, and would take the others for mail without TLS.
MAIL_SCHEMES: dict[str, dict[str, Any]] = {
    "smtp": {},
    "smtp+tls": {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False, "EMAIL_PORT": 587},
    "smtp+ssl": {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True, "EMAIL_PORT": 465},
}
LONGEST_MAIL_TIMEOUT = 30  # a pause waits for a mail that is handed over (docs/architecture.md)
SHORTEST_SECRET = 50
KEYS_HELP = (
    'Set it to 1: and the output of: python -c "from cryptography.fernet import Fernet; '
    'print(Fernet.generate_key().decode())". Keep it: without it no words can be read again.'
)


def fail(line: str) -> NoReturn:
    """End the start with `line`. Values are never repeated: they may hold a password."""
    raise SystemExit(f"Repair cannot start: {line}")


def text(name: str, default: str | None = None) -> str:
    """The variable `name`; without a default it must be set."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        fail(f"{name} is not set.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """A yes or no: 1, true, yes, on; 0, false, no, off. Empty is as good as not set."""
    if not text(name, ""):
        return default
    return _parsed(name, lambda: env.bool(name), "Set it to 1 or 0.")


def number(name: str, *, default: int) -> int:
    """A whole number, zero or more. Empty is as good as not set."""
    if not text(name, ""):
        return default
    value = _parsed(name, lambda: env.int(name), "Set it to a whole number.")
    if value < 0:
        fail(f"{name} is below zero. Set it to a whole number.")
    return value


def names(name: str, *, default: list[str] | None = None) -> list[str]:
    """A list, separated by commas; without a default it must name at least one."""
    found = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    if not found and default is None:
        fail(f"{name} is not set. Set it to one or more names, separated by commas.")
    return found or default or []


def in_address(host: str) -> str:
    """`host` as it stands in a web address: an IPv6 address within brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def database(url: str) -> dict[str, Any]:
    """Django's settings for the database at `url`."""
    scheme = url.partition(":")[0]
    if scheme not in DATABASE_SCHEMES or "://" not in url:
        fail(f"DATABASE_URL does not begin with sqlite:// or postgresql://. {DATABASE_HELP}")
    try:
        config = dict(dj_database_url.parse(url))
    except ValueError:
        fail(f"DATABASE_URL cannot be read. {DATABASE_HELP}")
    if config.get("NAME") in (None, "", ":memory:"):
        fail(f"DATABASE_URL names no database that stays. {DATABASE_HELP}")
    return _sqlite(config) if scheme == "sqlite" else _postgresql(config)


def redis() -> str | None:
    """Where Redis is, or nothing: then files take its place."""
    url = text("REDIS_URL", "")
    if url and (url.partition(":")[0] not in BROKER_SCHEMES or "://" not in url):
        fail("REDIS_URL cannot be read. Set it to redis://host:6379/0, or leave it out.")
    return url or None


def mail(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for the server at `url`: those of which it says something."""
    wanted = "Set it to smtp+tls://user:password@host:587."
    scheme = url.partition(":")[0]
    if scheme not in MAIL_SCHEMES:
        fail(f"EMAIL_URL does not begin with smtp+tls:// or smtp+ssl://. {wanted}")
    try:
        found = dj_email_url.parse(url)
    except (ValueError, KeyError):
        fail(f"EMAIL_URL cannot be read. {wanted}")
    config = found | MAIL_SCHEMES[scheme]
    config["EMAIL_PORT"] = found["EMAIL_PORT"] or config["EMAIL_PORT"]
    timeout = config.get("EMAIL_TIMEOUT")
    if timeout is not None and not 0 < timeout <= LONGEST_MAIL_TIMEOUT:
        fail(f"EMAIL_URL has a timeout that is not from 1 to {LONGEST_MAIL_TIMEOUT} seconds.")
    return {
        name: value
        for name, value in config.items()
        if name.startswith("EMAIL_") and value is not None
    }


def sender(name: str) -> str:
    """The sender of mails, which must be an address or a name with one."""
    value = text(name, "")
    if "@" not in parseaddr(value)[1] or not value.isprintable():
        fail(f"{name} is missing or no sender. Set it to something neutral: Calendar <post@host>.")
    return value


def secret_key() -> str:
    """SECRET_KEY, long enough to be one."""
    key = text("SECRET_KEY", "")
    if len(key) < SHORTEST_SECRET:
        fail(
            f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters. Set it to the "
            'output of: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return key


def kept_secret_key(path: Path) -> str:
    """The key in the file at `path`, made on first use; for development only."""
    return _kept(path, lambda: secrets.token_urlsafe(SHORTEST_SECRET))


def encryption_keys() -> dict[int, bytes]:
    """The host's keys by their versions, the present one first: REPAIR_KEYS, or a file of them."""
    if path := text("REPAIR_KEYS_FILE", ""):
        try:
            return read_keys("REPAIR_KEYS_FILE", Path(path).read_text())
        except (OSError, UnicodeDecodeError):
            fail("REPAIR_KEYS_FILE cannot be read. Set it to a file that Repair may read.")
    return read_keys("REPAIR_KEYS", text("REPAIR_KEYS", ""))


def read_keys(name: str, words: str) -> dict[int, bytes]:
    """Keys as they are written: `2:<key>,1:<key>`, the present one first."""
    found: dict[int, bytes] = {}
    for part in filter(None, re.split(r"[\s,]+", words)):
        version, _, key = part.partition(":")
        try:
            Fernet(key)
            which = int(version)
        except ValueError:
            fail(f"{name} holds something that is no key. {KEYS_HELP}")
        if which in found:
            fail(f"{name} holds two keys with the same number. Give the new one the next number.")
        found[which] = key.encode()
    if not found:
        fail(f"{name} is not set. {KEYS_HELP}")
    return found


def kept_encryption_keys(path: Path) -> dict[int, bytes]:
    """The keys in the file at `path`, made on first use; for development only."""
    return read_keys(str(path), _kept(path, lambda: f"1:{Fernet.generate_key().decode()}"))


def address(name: str, default: str) -> str:
    """An address on the web, to which a link may lead."""
    value = text(name, default)
    if not value.startswith(help_lines.WEB) or not value.isprintable() or " " in value:
        fail(f"{name} is no address. Set it to one that begins with https://.")
    return value


def help_file(name: str) -> help_lines.HelpFile | None:
    """A host's own help lines and words, from the file that the variable names; None without."""
    path = text(name, "")
    try:
        return help_lines.read(Path(path)) if path else None
    except help_lines.HelpFileError as fault:
        fail(f"{name}: {fault}. docs/hosting.md shows what such a file looks like.")


def folder(path: Path) -> Path:
    """`path`, made if it is missing as is each folder above it, open to its owner only."""
    try:
        missing = [each for each in (path, *path.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as fault:
        fail(f"{path} cannot be made ({fault.strerror}). Set REPAIR_VAR to a folder of yours.")
    return path


def _parsed(name: str, read: Callable[[], Value], wanted: str) -> Value:
    try:
        return read()
    except EnvError:
        fail(f"{name} cannot be read. {wanted}")


def _kept(path: Path, make: Callable[[], str]) -> str:
    """What is in the file at `path`, made on first use.

    Web and worker start together and must agree, so the file appears whole or not at all: it is
    written under another name and linked into place, and who comes second reads the first's.
    """
    try:
        if not path.exists():
            _write_once(path, make())
        return path.read_text().strip()
    except OSError as fault:
        fail(f"{path} cannot be read or written ({fault.strerror}). Set REPAIR_VAR.")


def _write_once(path: Path, words: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder(path.parent))
    with os.fdopen(handle, "w") as file:
        file.write(words)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()


def _sqlite(config: dict[str, Any]) -> dict[str, Any]:
    # IMMEDIATE takes the write lock at the start of a transaction, which is what the pair's lock
    # rests on; with DEFERRED two readers that both want to write fail at once. Django itself
    # switches foreign keys on for every connection.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return {**config, "OPTIONS": options}


def _postgresql(config: dict[str, Any]) -> dict[str, Any]:
    # No connection is kept by the thread that made it: under ASGI each request has a thread of its
    # own, so it would never be found again and would only fill the server. The web server keeps
    # some for all its threads; to make one took a fifth of the time of what people say live. Where
    # all are taken a request waits, since one that pauses had better wait than fail.
    options = {"connect_timeout": 5, **config.get("OPTIONS", {})}
    if most := number("DATABASE_CONNECTIONS", default=0):
        options["pool"] = {"min_size": 1, "max_size": most, "num_workers": 1, "timeout": 30}
    return {**config, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": bool(most), "OPTIONS": options}
