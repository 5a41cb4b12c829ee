"""A secret in a file of its own, outside the database: made once, readable by its owner alone."""

import os
import stat
from pathlib import Path

from tenure.commands import connect


def read(name: str, path: Path, octets: int, missing: str) -> bytes:
    """The secret, or what is wrong with its file and exit with 1.

    ``name`` is the command's, ``missing`` what to say when there is no such file.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        connect.fail(name, f"{path}: no such file; {missing}")
    except (OSError, UnicodeDecodeError) as error:
        connect.fail(name, f"{path}: cannot be read: {error}")
    if stat.S_IMODE(mode) & 0o077:
        connect.fail(name, f"{path}: others may read it; run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) != octets:
        connect.fail(name, f"{path}: not {octets} octets in hexadecimal; restore the file")
    return secret


def make(name: str, path: Path, octets: int) -> None:
    """Draw the secret, unless there is a file: what was sealed with it could not be read again."""
    try:
        # PostgreSQL may have to pass through the folder as somebody else.
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        connect.fail(name, f"{path}: cannot be made: {error.strerror}")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{os.urandom(octets).hex()}\n")
        file.flush()
        os.fsync(file.fileno())
