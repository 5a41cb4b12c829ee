"""The file that says which server takes our mail, and who we are to it."""

import stat
import tomllib
from pathlib import Path

import msgspec

from tenure.gateways.mail.server.submission import PORT, Relay


class UnusableMailError(Exception):
    """The file cannot be used; the words say why, and what to do."""


class MailFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands in the file."""

    host: str
    sender: str
    port: int = PORT
    login: str = ""
    password_file: str = ""
    """One line; nobody else may read it."""
    authorities: str = ""
    name: str = ""


def read(path: Path) -> Relay:
    """The server of a file; other files are named from where it lies."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(table, MailFile)
    except OSError as error:
        raise UnusableMailError(f"{path}: it cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnusableMailError(f"{path}: {error}") from error
    if bool(found.login) != bool(found.password_file):
        raise UnusableMailError(f"{path}: give both login and password_file, or neither")
    return Relay(
        host=found.host,
        sender=found.sender,
        login=found.login,
        password=_password(path.parent / found.password_file) if found.login else "",
        port=found.port,
        authorities=path.parent / found.authorities if found.authorities else None,
        name=found.name,
    )


def _password(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableMailError(f"{path}: the password cannot be read") from error
    if stat.S_IMODE(mode) & 0o077:
        raise UnusableMailError(f"{path}: others may read it; run: chmod 600 {path}")
    return text
