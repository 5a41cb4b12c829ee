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
    Way.CASE: PERSON,
    Way.NOTICE: PERSON,
}
"""Whom each way leads to: the three rooms in which somebody has an identity of their own."""

# Openings whose value is a person's id; what `msisdn` names leads to whoever held it then.
_NAMING: Final = (
    "('person', 'holder', 'from', 'to', 'said_by', 'supplier', 'duplicate', 'survivor')"
)
_HELD: Final = "SELECT h.holder_id FROM numbers.tenure h"
_BOUND: Final = (
    "SELECT h.holder_id FROM numbers.binding b JOIN numbers.tenure h"
    " ON h.msisdn = b.msisdn AND h.during && b.during"
)
_LAST: Final = "ORDER BY lower(h.during) DESC LIMIT 1"
_CASE_OPENED: Final = (
    "SELECT o.leaf_seq FROM record.opening o JOIN record.leaf l ON l.seq = o.leaf_seq"
    " WHERE o.field = 'case' AND l.kind = 'staff.case_opened' AND o.value = {column}::text"
)

# Who: {column} is the column, {moment} the condition on the time with a number.
_OF_LEAF: Final = (
    "coalesce((SELECT o.value::bigint FROM record.opening o"
    f" WHERE o.leaf_seq = {{column}} AND o.field IN {_NAMING} AND o.value ~ '^[0-9]{{{{1,18}}}}$'"
    " ORDER BY o.field <> 'person', o.field LIMIT 1),"
    " (SELECT h.holder_id FROM record.opening o JOIN record.leaf l ON l.seq = o.leaf_seq"
    " JOIN numbers.tenure h ON h.msisdn = o.value AND h.during @> l.at"
    " WHERE o.leaf_seq = {column} AND o.field = 'msisdn'))"
)
_SOMEBODY: Final[Mapping[Way, str]] = {
    Way.PERSON: "{column}",
    Way.SUBJECT: "{column}",
    Way.HUMAN: "{column}",
    Way.LOGIN: "(SELECT m.human_id FROM staff.member m WHERE m.login = {column})",
    Way.NUMBER: f"({_HELD} WHERE h.msisdn = {{column}} AND {{moment}} {_LAST})",
    Way.IMSI: f"({_BOUND} WHERE b.imsi = {{column}} AND {{moment}} {_LAST})",
    Way.ICCID: f"({_BOUND} WHERE b.iccid = {{column}} AND {{moment}} {_LAST})",
    Way.PURSE: f"({_HELD} WHERE h.purse_id = {{column}} {_LAST})",
    Way.LEAF: _OF_LEAF,
    Way.CASE: _OF_LEAF.replace("{column}", f"({_CASE_OPENED} LIMIT 1)"),
    Way.NOTICE: (
        f"(SELECT coalesce(n.person_id, ({_HELD} WHERE h.msisdn = n.msisdn"
        " AND h.during @> n.at)) FROM notices.notice n WHERE n.notice_id = {column})"
    ),
}

# Whether: {whom} is who is asked about.
_LEAVES: Final = (
    f"SELECT o.leaf_seq FROM record.opening o WHERE o.field IN {_NAMING}"
    " AND o.value = ({whom})::text"
    " UNION SELECT o.leaf_seq FROM numbers.tenure h"
    " JOIN record.opening o ON o.field = 'msisdn' AND o.value = h.msisdn"
    " JOIN record.leaf l ON l.seq = o.leaf_seq AND h.during @> l.at"
    " WHERE h.holder_id = {whom}"
)
_ABOUT: Final[Mapping[Way, str]] = {
    Way.PERSON: "{column} = {whom}",
    Way.SUBJECT: "{column} = {whom}",
    Way.HUMAN: "{column} = {whom}",
    Way.LOGIN: "{column} IN (SELECT m.login FROM staff.member m WHERE m.human_id = {whom})",
    Way.NUMBER: (
        f"EXISTS ({_HELD} WHERE h.holder_id = {{whom}} AND h.msisdn = {{column}} AND {{moment}})"
    ),
    Way.IMSI: (
        f"EXISTS ({_BOUND} WHERE h.holder_id = {{whom}} AND b.imsi = {{column}} AND {{moment}})"
    ),
    Way.ICCID: (
        f"EXISTS ({_BOUND} WHERE h.holder_id = {{whom}} AND b.iccid = {{column}} AND {{moment}})"
    ),
    Way.PURSE: ("{column} IN (SELECT h.purse_id FROM numbers.tenure h WHERE h.holder_id = {whom})"),
    Way.LEAF: f"{{column}} IN ({_LEAVES})",
    Way.CASE: f"EXISTS ({_CASE_OPENED} AND o.leaf_seq IN ({_LEAVES}))",
    Way.NOTICE: (
        "{column} IN (SELECT n.notice_id FROM notices.notice n WHERE n.person_id = {whom}"
        " UNION SELECT n.notice_id FROM numbers.tenure h JOIN notices.notice n"
        " ON n.msisdn = h.msisdn AND h.during @> n.at AND n.person_id IS NULL"
        " WHERE h.holder_id = {whom})"
    ),
}


def somebody(lead: Lead) -> str:
    """A scalar SQL expression over the row ``t``: the id of whom it leads to, NULL for nobody.

    Where a row leads to several, such as a SIM that two people had, it is the last of them.
    """
    column = f"t.{lead.column}"
    found = _SOMEBODY[lead.way].format(column=column, moment=_moment(lead))
    conditions = [lead.where] if lead.where else []
    if lead.prefix is not None:
        found = f"substr({column}, {len(lead.prefix) + 1})::bigint"
        conditions.append(f"{column} ~ '^{lead.prefix}[0-9]{{1,18}}$'")
    return f"(CASE WHEN {' AND '.join(conditions)} THEN {found} END)" if conditions else found


def about(row: Row, kind: str, whom: str) -> str:
    """A SQL condition over the row ``t``: whether it is about ``whom``, who is of this kind.

    ``whom`` is an expression of our own, ``%(whom)s`` or ``e.person_id``; never something typed.
    A row that leads to nobody of this kind is about nobody: ``false``.
    """
    conditions = [_one(lead, whom) for lead in row.leads if KIND_OF[lead.way] == kind]
    return "(" + " OR ".join(conditions) + ")" if conditions else "false"


def _one(lead: Lead, whom: str) -> str:
    column = f"t.{lead.column}"
    found = _ABOUT[lead.way].format(column=column, moment=_moment(lead), whom=whom)
    if lead.prefix is not None:
        found = f"{column} = '{lead.prefix}' || ({whom})::text"
    return f"({lead.where} AND {found})" if lead.where else found


def _moment(lead: Lead) -> str:
    if lead.during:
        return f"h.during && {lead.during}"
    return f"h.during @> {lead.at}" if lead.at else "upper_inf(h.during)"
