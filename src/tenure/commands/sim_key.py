"""Where the key is kept that seals the keys of SIMs: a file of its own, outside the database."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect, secret_file
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
    missing = "it is made with the first import of SIMs; give the right one with --sim-key"
    return SimKey(secret_file.read(name, path, KEY_OCTETS, missing))


def read_or_make(name: str, key_file: Path | None, data: Path, dsn: str | None) -> SimKey:
    """The key; a new one, readable by its owner alone, when there is no file yet."""
    path = path_of(name, key_file, data, dsn)
    secret_file.make(name, path, KEY_OCTETS)
    return read(name, path)
