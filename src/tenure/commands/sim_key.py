"""Where the key is kept that seals the keys of SIMs: a file of its own, outside the database."""

import os
import stat
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect
from tenure.promises.numbers.model import SimKey

KeyFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--sim-key", help="The key that seals SIM keys; DATA/keys/sims if not given."),
]

KEY_OCTETS: Final = 32
WRONG: Final = (
    "this is not the key that the SIMs in stock were sealed with; give the right one with "
    "--sim-key, or the network could not use the new ones"
)


def path_of(name: str, key_file: Path | None, data: Path, dsn: str | None) -> Path:
    """The file of the key.  With a database of one's own it must be named."""
    if key_file is not None:
        return key_file
    if dsn is not None:
        connect.fail(name, "with --dsn, name the file of the key of SIMs with --sim-key")
    return data / "keys" / "sims"


def read(name: str, path: Path) -> SimKey:
    """The key, or what is wrong with its file and exit with 1."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        connect.fail(name, f"{path}: cannot be read: {error}")
    if stat.S_IMODE(mode) & 0o077:
        connect.fail(name, f"{path}: others may read it; run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_OCTETS:
        connect.fail(name, f"{path}: not {KEY_OCTETS} octets in hexadecimal; restore the file")
    return SimKey(secret)


def read_or_make(name: str, key_file: Path | None, data: Path, dsn: str | None) -> SimKey:
    """The key; a new one, readable by its owner alone, when there is no file yet."""
    path = path_of(name, key_file, data, dsn)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read(name, path)
    except OSError as error:
        connect.fail(name, f"{path}: cannot be made: {error.strerror}")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{os.urandom(KEY_OCTETS).hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return read(name, path)
