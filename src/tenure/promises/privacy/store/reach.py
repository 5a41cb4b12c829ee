"""How a row leads to somebody, as SQL: one declaration serves export, erasure and notices."""

from collections.abc import Mapping
from typing import Final

from tenure.values.holding import Lead, Row, Way

PERSON: Final = "person"
SUBJECT: Final = "subject"
HUMAN: Final = "human"

KIND_OF: Final[Mapping[Way, str]] = {
    Way.PERSON: PERSON,
    Way.SUBJECT: SUBJECT,
    Way.HUMAN: HUMAN,
    Way.LOGIN: HUMAN,
    Way.NUMBER: PERSON,
    Way.IMSI: PERSON,
    Way.ICCID: PERSON,
    Way.PURSE: PERSON,
    Way.LEAF: PERSON,
}
"""Whom each way leads to: the three rooms in which somebody has an identity of their own."""

_HELD: Final = "SELECT h.holder_id FROM numbers.tenure h"
_BOUND: Final = (
    "SELECT h.holder_id FROM numbers.binding b JOIN numbers.tenure h"
    " ON h.msisdn = b.msisdn AND h.during && b.during"
)


def somebody(lead: Lead) -> str:
    """A scalar SQL expression over the row ``t``: the id of whom it leads to, NULL for nobody."""
    column = f"t.{lead.column}"
    moment = f"h.during @> {lead.at}" if lead.at else "upper_inf(h.during)"
    match lead.way:
        case Way.PERSON | Way.SUBJECT | Way.HUMAN:
            return column
        case Way.LOGIN:
            return f"(SELECT m.human_id FROM staff.member m WHERE m.login = {column})"
        case Way.NUMBER:
            return f"({_HELD} WHERE h.msisdn = {column} AND {moment})"
        case Way.IMSI | Way.ICCID:
            return f"({_BOUND} WHERE b.{lead.way.value} = {column} AND {moment})"
        case Way.PURSE:
            return f"({_HELD} WHERE h.purse_id = {column} ORDER BY lower(h.during) DESC LIMIT 1)"
        case Way.LEAF:
            return (
                "(SELECT o.value::bigint FROM record.opening o"
                f" WHERE o.leaf_seq = {column} AND o.field = 'person' AND o.value ~ '^[0-9]+$')"
            )


def about(row: Row, kind: str, whom: str) -> str:
    """A SQL condition over the row ``t``: whether it is about ``whom``, who is of this kind.

    ``whom`` is an expression of our own, ``%(whom)s`` or ``e.person_id``; never something typed.
    A row that leads to nobody of this kind is about nobody: ``false``.
    """
    conditions = [_one(lead, whom) for lead in row.leads if KIND_OF[lead.way] == kind]
    return "(" + " OR ".join(conditions) + ")" if conditions else "false"


def _one(lead: Lead, whom: str) -> str:
    column = f"t.{lead.column}"
    moment = f"h.during @> {lead.at}" if lead.at else "upper_inf(h.during)"
    match lead.way:
        case Way.PERSON | Way.SUBJECT | Way.HUMAN:
            return f"{column} = {whom}"
        case Way.LOGIN:
            return f"{column} IN (SELECT m.login FROM staff.member m WHERE m.human_id = {whom})"
        case Way.NUMBER:
            return (
                f"EXISTS ({_HELD} WHERE h.holder_id = {whom} AND h.msisdn = {column} AND {moment})"
            )
        case Way.IMSI | Way.ICCID:
            return (
                f"EXISTS ({_BOUND} WHERE h.holder_id = {whom}"
                f" AND b.{lead.way.value} = {column} AND {moment})"
            )
        case Way.PURSE:
            return (
                f"{column} IN (SELECT h.purse_id FROM numbers.tenure h WHERE h.holder_id = {whom})"
            )
        case Way.LEAF:
            return (
                f"{column} IN (SELECT o.leaf_seq FROM record.opening o"
                f" WHERE o.field = 'person' AND o.value = ({whom})::text)"
            )
