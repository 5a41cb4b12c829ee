"""Decides which columns of a copy are sealed with whose key, and what an ended key leaves of a row.

What is personal is sealed with the key of its class (``Holding.keep``) of one person: of whom the
column itself names, or else of the first whom the row leads to and who is of the kind the column is
about.  What stays for the books after its tie is gone (``End.UNTIE``) is not sealed by anybody's
key: the ties are.  The copy as a whole is sealed besides, with a key of its own.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from tenure.promises.privacy.model.copies import Group, Plan
from tenure.values.holding import End, Holding, Lead, Row, Subject, Way
from tenure.values.sealing import Whose

KINDS_OF: Final[Mapping[Subject, tuple[str, ...]]] = {
    Subject.SUBSCRIBER: ("person",),
    Subject.OTHER_PARTY: ("person",),
    Subject.STAFF: ("human",),
    Subject.PARTNER: ("subject",),
    Subject.VISITOR: ("subject",),
    Subject.CANDIDATE: ("subject",),
    # Whoever has a profile ends as the person they are, and with their keys.
    Subject.DECLARED: ("person", "subject"),
}
"""In which rooms those have an identity whom a column is about; the row's order decides."""
WORDS: Final = frozenset({"text", "bytea", "json", "jsonb", "uuid"})
"""What is anonymised by going; numbers and instants stay, so that sums and order stay true."""


NOBODY: Final = Whose("nobody", 0)
"""Whose rows are that lead to nobody, such as a number that was never sold."""


class Left(Enum):
    """What is left of a row of which a key ended."""

    ALL = "all"
    SOME = "some"
    """Without the columns of the ended keys."""
    NOTHING = "nothing"


def plan(
    schema: str,
    table: str,
    types: Mapping[str, str],
    held: Sequence[Holding],
    row: Row | None,
    kind_of: Mapping[Way, str],
) -> Plan:
    """How a table is copied.  ``types`` are its columns that are stored, ``kind_of`` the ways'."""
    leads = () if row is None else row.leads
    named = {lead.column for lead in leads}
    by_column = {one.column: one for one in held}
    plain: list[str] = []
    grouped: dict[tuple[str, tuple[int, ...], bool], list[str]] = {}
    for column, kind in types.items():
        one = by_column[column]
        if not _is_sealed(one, kind):
            plain.append(column)
            continue
        order = sorted(range(len(leads)), key=lambda nth: _distance(leads[nth], one, kind_of))
        goes = one.end in {End.DELETE, End.DESTROY_KEY}
        grouped.setdefault((one.keep, tuple(order), goes), []).append(column)
    groups = tuple(
        Group(keep, order, tuple(columns), goes) for (keep, order, goes), columns in grouped.items()
    )
    stays = any(one.end is End.UNTIE and one.column not in named for one in held)
    kinds = tuple(kind_of[lead.way] for lead in leads)
    return Plan(schema, table, leads, kinds, tuple(plain), groups, stays)


def owners(plan: Plan, ids: Sequence[int | None]) -> tuple[Whose, list[Whose]]:
    """Whom a row is about first, and whose key seals each group, when its leads lead to these."""
    whom = [
        None if one is None else Whose(kind, one) for kind, one in zip(plan.kinds, ids, strict=True)
    ]
    first = next((one for one in whom if one is not None), NOBODY)
    return first, [
        next((whom[nth] or NOBODY for nth in group.leads if whom[nth] is not None), NOBODY)
        for group in plan.groups
    ]


def left(plan: Plan, ended: Sequence[int], own: int) -> Left:
    """What is left of a row when the keys of these groups ended.

    ``own`` has a bit for each group that is sealed with the key of whom the row is about first:
    what was told about somebody else does not take their row along.
    """
    if not ended:
        return Left.ALL
    goes = any(plan.groups[nth].ends and own >> nth & 1 for nth in ended)
    return Left.NOTHING if goes and not plan.stays else Left.SOME


def _is_sealed(one: Holding, kind: str) -> bool:
    match one.end:
        case End.STAYS | End.UNTIE:
            return False
        case End.ANONYMISE:
            return kind in WORDS
        case End.DELETE | End.EMPTY | End.DESTROY_KEY:
            return True


def _distance(lead: Lead, one: Holding, kind_of: Mapping[Way, str]) -> int:
    """How near a lead is to a column: its own, of the kind it is about, or another."""
    if lead.column == one.column:
        return 0
    return 1 if kind_of[lead.way] in KINDS_OF.get(one.whose, ()) else 2
