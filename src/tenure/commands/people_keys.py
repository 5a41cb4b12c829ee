"""Where the keys of people are kept: a folder of their own, outside the database and its copies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.keystore.words import WrongKeyStoreError
from tenure.promises.privacy.operations import Keys
from tenure.values.instant import Instant

KeysAt: TypeAlias = Annotated[
    Path | None,
    typer.Option("--keys", help="The folder of the key store; DATA/keys/people if not given."),
]

FOLDER: Final = Path("keys") / "people"


def folder_of(name: str, keys: Path | None, data: Path, dsn: str | None) -> Path:
    """The folder of the key store.  With a database of one's own it must be named."""
    if keys is not None:
        return keys
    if dsn is not None:
        connect.fail(name, "with --dsn, name the folder of the key store with --keys")
    return data / FOLDER


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Shelf]:
    """The key store, or what is wrong with it and exit with 1."""
    try:
        shelf = opening.opened(folder)
        try:
            yield shelf
        finally:
            shelf.close()
    except WrongKeyStoreError as wrong:
        connect.fail(name, str(wrong))


@contextmanager
def opened_or_made(name: str, folder: Path, at: Instant) -> Iterator[Shelf]:
    """The key store; a new one with files for keepers, when there is none yet."""
    if not (folder / opening.KEYS).exists():
        try:
            # PostgreSQL may have to pass through the folder above as somebody else.
            folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
            opening.make(folder, at_ms=at).close()
        except (OSError, WrongKeyStoreError) as error:
            connect.fail(name, f"{folder}: the key store cannot be made: {error}")
    with opened(name, folder) as shelf:
        yield shelf


@contextmanager
def sealing(
    name: str, keys: Path | None, data: Path, dsn: str | None, at: Instant
) -> Iterator[Keys | None]:
    """The keys to seal with; None for a database of one's own whose key store is not named."""
    if keys is None and dsn is not None:
        yield None
        return
    with opened_or_made(name, folder_of(name, keys, data, dsn), at) as shelf:
        yield Keys(shelf)


@contextmanager
def reading(name: str, keys: Path | None, data: Path, dsn: str | None) -> Iterator[Keys | None]:
    """The keys to open with; None when there is no key store here, and so nothing was sealed."""
    folder = keys or (None if dsn is not None else data / FOLDER)
    if folder is None or not (folder / opening.KEYS).exists():
        yield None
        return
    with opened(name, folder) as shelf:
        yield Keys(shelf)
