"""A key store in its folder: which keeper it has stands in a file, and the keys beside it."""

import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Final

from tenure.keystore.keepers import FileKeeper
from tenure.keystore.shelf import Shelf
from tenure.keystore.words import Keeper, WrongKeyStoreError

KEYS: Final = "keys.db"
KEEPER: Final = "keeper.toml"
LEDGER: Final = "ledger"
EPOCHS: Final = "epochs"
FILES: Final = f'keeper = "files"\nfolder = "{EPOCHS}"\n'


def module_text(module: str, token: str, pin_file: Path) -> str:
    """The keeper.toml of a hardware module."""
    told = {"keeper": "pkcs11", "module": module, "token": token, "pin_file": str(pin_file)}
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items())


def make(folder: Path, *, keeper: str = FILES, at_ms: int) -> Shelf:
    """A new key store in this folder.  ``keeper`` is the text of its keeper.toml."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / KEYS).exists():
        raise WrongKeyStoreError(f"{folder}: there are keys already; name another folder")
    settings = folder / KEEPER
    handle = os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(keeper)
        file.flush()
        os.fsync(file.fileno())
    return Shelf.make(folder / KEYS, keeper_of(folder), at_ms=at_ms)


def opened(folder: Path) -> Shelf:
    """The key store of this folder; WrongKeyStoreError if there is none, or others may read it."""
    keys = folder / KEYS
    if not keys.is_file():
        raise WrongKeyStoreError(
            f"{folder}: no key store; name its folder with --keys, or make one with"
            " tenure privacy keys make"
        )
    if stat.S_IMODE(keys.stat().st_mode) & 0o077:
        raise WrongKeyStoreError(f"{keys}: others may read it; run: chmod 600 {keys}")
    return Shelf(keys, keeper_of(folder))


def keeper_of(folder: Path) -> Keeper:
    """Who keeps the keys of epochs, as keeper.toml says."""
    path = folder / KEEPER
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongKeyStoreError(f"{path}: {error}; restore it") from error
    match told:
        case {"keeper": "files", "folder": str(where)}:
            return FileKeeper(folder / where)
        case {"keeper": "pkcs11", "module": str(module), "token": str(token), "pin_file": str(pin)}:
            # Only who has such a module needs its library.
            from tenure.keystore.hardware import ModuleKeeper  # noqa: PLC0415 -- an extra

            return ModuleKeeper(module, token, folder / pin)
        case _:
            raise WrongKeyStoreError(
                f'{path}: say keeper = "files" and folder, or keeper = "pkcs11" and module, token,'
                " pin_file"
            )
