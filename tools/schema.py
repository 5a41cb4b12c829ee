"""Gathers the schema.sql of every promise (or its folder schema), in the order of the promises.

python -m tools.schema            prints it
python -m tools.schema --write    makes it the first migration, as long as nothing is released
"""

import configparser
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIRST: Final = ROOT / "migrations" / "0001_first" / "up.sql"


def promises() -> list[str]:
    """The promises bottom up, as .importlinter orders them, so that there is one order only."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    layers = contracts["importlinter:contract:order-of-promises"]["layers"].split("\n")
    rows = [row.replace("(", "").replace(")", "").split("|") for row in reversed(layers)]
    return [name.strip() for row in rows for name in row if name.strip()]


def gathered() -> str:
    """One text of all schemas, each under the name of its promise."""
    parts = ["-- Gathered from src/tenure/promises/*/schema.sql by make migration; do not edit.\n"]
    for promise in promises():
        room = ROOT / "src" / "tenure" / "promises" / promise
        for path in (*room.glob("schema.sql"), *sorted(room.glob("schema/*.sql"))):
            name = promise if path.parent == room else f"{promise} {path.stem}"
            parts.append(f"\n\n-- {name} {'-' * (90 - len(name))}\n\n")
            parts.append(path.read_text(encoding="utf-8"))
    return "".join(parts)


if __name__ == "__main__":
    if "--write" in sys.argv:
        FIRST.write_text(gathered(), encoding="utf-8")
        print(f"wrote {FIRST.relative_to(ROOT)}")
    else:
        print(gathered())
