"""Which tables and columns are told to whom: made from the register, never written by hand."""

from collections.abc import Mapping, Sequence
from typing import Final

from tenure.promises.privacy.model.exports import (
    KINDS_OF,
    Column,
    Kind,
    Refusal,
    Scope,
    Section,
    Types,
)
from tenure.terms.rights import Right, Rights
from tenure.terms.rights import Scope as Reach
from tenure.values.holding import Export, Holding, Row, Subject, Way
from tenure.values.refused import Refused

BY_VALUE: Final = frozenset({Way.PERSON, Way.SUBJECT, Way.HUMAN, Way.NUMBER, Way.PURSE})
"""Ways whose values are few and known before, so that a table can be read by each of them."""


PACKAGE_OF: Final[Mapping[Right, Scope]] = {
    Right.COPY: Scope.COPY,
    Right.KNOW: Scope.KNOW,
    Right.DISCLOSED: Scope.KNOW,
}
"""Which package answers a right; the database has the same in ``export_is_what_was_asked``."""

ORDER: Final = (
    "people",
    "consent",
    "numbers",
    "money",
    "charging",
    "topups",
    "access",
    "notices",
    "privacy",
    "staff",
    "tariffs",
    "record",
)
"""In which order promises are told: who somebody is first, what proves it last."""


def sections(
    rows: Sequence[tuple[str, Row]],
    holdings: Sequence[tuple[str, Holding]],
    types: Types,
    kind: Kind,
    scope: Reach,
) -> tuple[Section, ...]:
    """All tables of which this kind of person is told something, in the order of ORDER."""
    columns: dict[tuple[str, str], list[Column]] = {}
    keeps: dict[tuple[str, str], list[str]] = {}
    for promise, holding in holdings:
        told = column(holding, types[promise, holding.table, holding.column], kind, scope)
        if told is not None:
            columns.setdefault((promise, holding.table), []).append(told)
            keeps.setdefault((promise, holding.table), []).append(holding.keep)
    found = [
        Section(
            promise,
            row,
            tuple(columns[promise, row.table]),
            tuple(types[promise, row.table, key] for key in row.key),
            tuple(dict.fromkeys(one for one in keeps[promise, row.table] if one)),
            pin(row, kind),
        )
        for promise, row in sorted(rows, key=lambda one: ORDER.index(one[0]))
        if is_about(row, kind) and _tells(columns.get((promise, row.table), ()))
    ]
    return (*found, trail()) if scope is Reach.EVERYTHING and kind is Kind.PERSON else tuple(found)


def reach(rights: Rights, scope: Scope) -> Reach:
    """How far a copy, or all that is held, reaches by the terms of this operator."""
    return rights.rule(Right.COPY if scope is Scope.COPY else Right.KNOW).scope


def asked(right: Right, scope: Scope | None) -> Scope | Refused[Refusal]:
    """What a case is answered with: neither less than was asked, nor more (PRV-RIGHTS)."""
    owed = PACKAGE_OF.get(right)
    if owed is None:
        detail = f"this case asks to {right.value}; a package answers know, copy and disclosed"
        return Refused(Refusal.NOT_ASKED, detail)
    if scope not in {None, owed}:
        detail = f"this case asks for {right.value}: --scope {owed.value}, or none"
        return Refused(Refusal.NOT_ASKED, detail)
    return owed


def covers(scope: Scope, right: Right) -> bool:
    """Whether a package of this scope has all that the right reaches."""
    return PACKAGE_OF.get(right) in {scope, Scope.COPY if scope is Scope.KNOW else None}


def trail() -> Section:
    """Who of ours looked at their number, when and what for (the processing trail)."""
    row = Row(table="looks", key=("look_id",), leads=(), since="")
    return Section("trail", row, (), ("bigint",), ("staff",))


def is_about(row: Row, kind: Kind) -> bool:
    """Whether rows of the table lead to anybody of this kind."""
    return any(lead.way in KINDS_OF[kind] for lead in row.leads)


def column(holding: Holding, type_: str, kind: Kind, scope: Reach) -> Column | None:
    """A column as it is told to this kind of person; None when nothing of it is."""
    shown = holding.shown
    if shown is Export.NEVER or (scope is Reach.REGISTRATION and shown is not Export.REGISTRATION):
        return None
    ours = holding.whose is Subject.STAFF
    if kind is Kind.HUMAN:
        others = holding.whose not in {Subject.STAFF, Subject.NOBODY}
    else:
        others = ours or holding.whose is Subject.OTHER_PARTY
    return Column(holding.column, type_, Export.MASKED if others else shown, others)


def _tells(columns: Sequence[Column]) -> bool:
    """Whether anything but masks would be seen."""
    return any(one.shown is not Export.MASKED for one in columns)


def pin(row: Row, kind: Kind) -> Way | None:
    """By what a table is read: the one way to this kind whose column is first in the key."""
    leads = [lead for lead in row.leads if lead.way in KINDS_OF[kind]]
    if len(leads) != 1 or leads[0].column != row.key[0] or leads[0].way not in BY_VALUE:
        return None
    return leads[0].way
