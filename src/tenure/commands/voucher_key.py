"""Where the key of voucher PINs is kept: a file of its own, outside the database."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect, secret_file
from tenure.promises.topups.model import VoucherKey

KeyFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--key-file", help="The key of voucher PINs; DATA/voucher.key if not given."),
]

KEY_OCTETS: Final = 32
WRONG: Final = (
    "this is not the key that the PINs of the cards were hashed with; give the right one with "
    "--key-file, or every card would seem unknown"
)


def path_of(name: str, key_file: Path | None, data: Path, dsn: str | None) -> Path:
    """The file of the key.  With a database of one's own it must be named."""
    if key_file is not None:
        return key_file
    if dsn is not None:
        connect.fail(name, "with --dsn, name the file of the voucher key with --key-file")
    return data / "voucher.key"


def read(name: str, key_file: Path | None, data: Path, dsn: str | None) -> VoucherKey:
    """The key, or what is wrong with its file and exit with 1."""
    path = path_of(name, key_file, data, dsn)
    missing = "it is made with the first batch of cards"
    return VoucherKey(secret_file.read(name, path, KEY_OCTETS, missing))


def read_or_make(name: str, key_file: Path | None, data: Path, dsn: str | None) -> VoucherKey:
    """The key; a new one, readable by its owner alone, when there is no file yet."""
    secret_file.make(name, path_of(name, key_file, data, dsn), KEY_OCTETS)
    return read(name, key_file, data, dsn)
