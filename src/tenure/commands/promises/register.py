"""What keeps each clause, and how live data are asked: read from files of every promise."""

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

from tenure.terms.clauses import register as clauses_register

DECLARED: Final = "kept_by.toml"
CHECKS: Final = "audit.sql"

CLAUSES: Final = tuple(clauses_register())
"""All clauses, in the order of the terms; those that a promise declares are kept today."""


class Keeper(msgspec.Struct, frozen=True):
    """What keeps one clause."""

    clause: str
    says: str
    """The clause in our words."""
    promise: str
    """The promise that it belongs to, and the sentence of that promise."""
    sentence: str
    rules: tuple[str, ...]
    """Dotted names of the functions that decide."""
    constraints: tuple[str, ...]
    """schema.name of what the database refuses, whatever the rules say."""
    why_no_constraint: str
    tests: tuple[str, ...]


class _Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a clause, as it is written."""

    rules: tuple[str, ...]
    constraints: tuple[str, ...]
    tests: tuple[str, ...]
    why_no_constraint: str = ""


class Check(msgspec.Struct, frozen=True):
    """A question to live data: of each thing that it looks at, is it as promised?"""

    promise: str
    name: str
    clauses: tuple[str, ...]
    says: str
    quick: bool
    """Whether it may run at any time; the others read every entry."""
    query: str


def promises() -> list[Traversable]:
    """The folders of all promises, by name."""
    house = files("tenure.promises")
    return sorted(
        (one for one in house.iterdir() if one.is_dir() and not one.name.startswith("_")),
        key=lambda one: one.name,
    )


def keepers() -> list[Keeper]:
    """What keeps each clause, in the order of the terms, whichever promises keep a part of it."""
    found: dict[str, Keeper] = {}
    for folder in promises():
        declared = folder / DECLARED
        if not declared.is_file():
            continue
        for clause, table in tomllib.loads(declared.read_text(encoding="utf-8")).items():
            keeper = _keeper(clause, folder, msgspec.convert(table, _Declared))
            found[clause] = _together(found[clause], keeper) if clause in found else keeper
    unknown = set(found) - set(CLAUSES)
    assert not unknown, f"no clause is called {unknown}"
    return [found[clause] for clause in CLAUSES if clause in found]


def _keeper(clause: str, folder: Traversable, declared: _Declared) -> Keeper:
    opening = (folder / "__init__.py").read_text(encoding="utf-8")
    return Keeper(
        clause=clause,
        says=clauses_register()[clause],
        promise=folder.name,
        sentence=opening.partition('"""')[2].partition("\n")[0].removesuffix('"""'),
        rules=declared.rules,
        constraints=declared.constraints,
        why_no_constraint=declared.why_no_constraint,
        tests=declared.tests,
    )


def _together(one: Keeper, other: Keeper) -> Keeper:
    """A clause of which several promises keep a part; it belongs to the first of them."""
    constraints = (*one.constraints, *other.constraints)
    return msgspec.structs.replace(
        one,
        rules=(*one.rules, *other.rules),
        constraints=constraints,
        why_no_constraint="" if constraints else one.why_no_constraint,
        tests=(*one.tests, *other.tests),
    )


def checks() -> list[Check]:
    """Every check of every promise's audit.sql."""
    return [
        check
        for folder in promises()
        if (folder / CHECKS).is_file()
        for check in _checks(folder.name, (folder / CHECKS).read_text(encoding="utf-8"))
    ]


def _checks(promise: str, text: str) -> list[Check]:
    """The checks in a file: comments that say what is looked at, then the SELECT."""
    return [_check(promise, part) for part in text.split("-- check: ")[1:]]


def _check(promise: str, part: str) -> Check:
    name, *lines = part.strip().splitlines()
    said: list[str] = []
    clauses: tuple[str, ...] = ()
    quick = False
    rest = iter(lines)
    query: list[str] = []
    for line in rest:
        if not line.startswith("--"):
            query = [line, *rest]
        elif line.startswith("-- clauses: "):
            clauses = tuple(line.removeprefix("-- clauses: ").split())
        elif line == "-- quick":
            quick = True
        else:
            said.append(line.removeprefix("-- says: ").removeprefix("--").strip())
    return Check(promise, name, clauses, " ".join(said), quick, "\n".join(query))
