"""Settings: where they are read, and what may be in them.

A setting is the default of the option with the same name, in every command that has that option:
``data = ".tenure"`` in tenure.toml is ``--data .tenure``.  What is typed wins over the environment
(``TENURE_DATA``), and the environment wins over the file.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILE: Final = "tenure.toml"
"""Read from the current folder unless ``TENURE_SETTINGS`` names another file."""

KNOWN: Final[Mapping[str, str]] = {
    "operator": "the pack of terms: a name under operators/ or a path",
    "data": "the folder where everything is kept, with an embedded PostgreSQL in it",
    "dsn": "a PostgreSQL of your own, instead of the embedded one",
    "diameter": "HOST:PORT of the Diameter Gy/Ro gateway",
    "nchf": "HOST:PORT of the Nchf_ConvergedCharging gateway",
    "http": "HOST:PORT of the page",
    "clock": "real, or INSTANTxSPEED",
    "hlr": "HOST:CTRLPORT:VTYPORT of the home location register",
    "identity": "our Origin-Host and Origin-Realm, HOST|REALM",
    "peers": "Diameter peers that are admitted, as a list of Origin-Host names",
}
"""Every setting, and what it is."""


class WrongSettings(Exception):  # noqa: N818 - a person reads it, not a handler
    """The settings cannot be used; the message names the place and the remedy."""


def read(environment: Mapping[str, str], folder: Path) -> dict[str, str | list[str]]:
    """The settings of this process, by name; WrongSettings says what is wrong and where."""
    named = environment.get("TENURE_SETTINGS")
    path = Path(named) if named else folder / FILE
    found = _from_file(path, must_exist=bool(named))
    for name in KNOWN:
        value = environment.get(f"TENURE_{name.upper()}")
        if value is not None:
            found[name] = value.split(",") if name == "peers" else value
    return found


def _from_file(path: Path, *, must_exist: bool) -> dict[str, str | list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if must_exist:
            raise WrongSettings(f"{path}: no such file; correct or unset TENURE_SETTINGS") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path}: cannot be read ({error}); make it readable UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSettings(
            f'{path}: not TOML: {error}; write lines such as data = ".tenure"'
        ) from error
    return {name: _checked(path, name, value) for name, value in table.items()}


def _checked(path: Path, name: str, value: object) -> str | list[str]:
    """One setting of the file, or WrongSettings: only known names, and text (peers: a list)."""
    if name not in KNOWN:
        raise WrongSettings(f"{path}: no setting is called {name!r}; there are {', '.join(KNOWN)}")
    if name == "peers":
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [str(item) for item in value]
        raise WrongSettings(f'{path}: {name} must be a list of text, such as ["pgw.example.net"]')
    if isinstance(value, str):
        return value
    raise WrongSettings(f'{path}: {name} must be text in quotes, such as {name} = "…"')
