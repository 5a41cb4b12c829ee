"""Records of a usage file to the charging requests they mean, and refusals to reasons."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.gateways.files.wire import Problem, Record
from tenure.promises.charging.model import UNITS_MAX, Answer, Ask, GroupAsk, Refusal, Request, Used
from tenure.promises.tariffs.model import UNIT_OF, Direction, Service
from tenure.values.instant import MINUTE_MS, Instant

KEY_PREFIX: Final = "record:"
"""Keeps record ids apart from the keys of other gateways."""

AHEAD_MS_MAX: Final = 5 * MINUTE_MS
"""How far the clock of the network element that wrote a record may run ahead of ours."""

SERVICE: Final[Mapping[str, Service]] = {
    "voice": Service.VOICE,
    "sms": Service.SMS,
    "mms": Service.MMS,
    "data": Service.DATA,
    "content": Service.CONTENT,
}
DIRECTION: Final[Mapping[str, Direction]] = {
    "out": Direction.OUT,
    "in": Direction.IN,
    "": Direction.OUT,  # data and content have no direction: the subscriber causes them
}


class Reason(msgspec.Struct, frozen=True):
    """What a refusal means to the sender of a file."""

    field: str
    reason: str
    remedy: str


REASON: Final[Mapping[Refusal, Reason]] = {
    Refusal.UNKNOWN_SUBSCRIBER: Reason(
        "msisdn", "no line has this number or IMSI", "correct it, or create the line and send again"
    ),
    Refusal.KEY_REUSED: Reason(
        "record_id",
        "another record with this id and other content is charged already",
        "give the record an id of its own if it is another usage; else drop it",
    ),
    Refusal.UNKNOWN_SESSION: Reason("record_id", "no such session", "report it: records have none"),
    Refusal.OUT_OF_ORDER: Reason("record_id", "came out of order", "report it: records have none"),
    Refusal.SESSION_EXISTS: Reason(
        "record_id", "a session has this key", "give the record another id"
    ),
    Refusal.LOST_OR_STOLEN: Reason(
        "at",
        "the use is after the SIM was reported lost or stolen, and is not charged (GTC-LOST)",
        "drop the record, or correct its time",
    ),
    Refusal.SUSPENDED: Reason(
        "msisdn", "the line is suspended", "find out why the network served it"
    ),
    Refusal.RESTRICTED: Reason(
        "service",
        "the line is restricted from this service (GTC-TRAFFIC, GTC-ABUSE)",
        "find out why the network served it",
    ),
    Refusal.BARRED: Reason("direction", "the line is barred", "find out why the network served it"),
    Refusal.STAGE_BLOCKED: Reason(
        "at", "the stage of the number blocks it (GTC-LIFE)", "find out why the network served it"
    ),
    Refusal.NOTHING_ASKED: Reason("", "the record holds no usage", "give its quantity"),
    Refusal.INVALID_UNITS: Reason(
        "", "the quantity is impossible", "correct it: more than any real usage, or a wrong unit"
    ),
    Refusal.TOO_MANY_GROUPS: Reason("rating_group", "too many rating groups", "one record a group"),
    Refusal.TOO_MANY_SESSIONS: Reason(
        "msisdn", "too many sessions are open", "send it again later"
    ),
    Refusal.RATING_FAILED: Reason(
        "other_party",
        "the tariff has no price for it",
        "add the row to the pack, or correct the record",
    ),
    Refusal.UNKNOWN_RATING_GROUP: Reason(
        "rating_group",
        "the tariff does not know the rating group",
        "add it to the pack, or correct it",
    ),
    Refusal.CREDIT_EXHAUSTED: Reason(
        "msisdn", "nothing is affordable (GTC-POSITIVE)", "top up the line and send it again"
    ),
    Refusal.TOO_BUSY: Reason(
        "", "too much was waiting", "run the file again: nothing is charged twice"
    ),
    Refusal.PURCHASE_TOO_LARGE: Reason(
        "amount", "above the largest purchase of the terms", "ask the store to split or cancel it"
    ),
    Refusal.ACCIDENT: Reason(
        "", "it failed for a reason of ours", "run the file again: nothing is charged twice"
    ),
    Refusal.NOTHING_TO_REFUND: Reason(
        "record_id", "no such debit", "report it: records refund nothing"
    ),
}
"""Complete: a test compares it with the refusals of charging."""


DETAILED: Final = frozenset(
    {Refusal.INVALID_UNITS, Refusal.RATING_FAILED, Refusal.UNKNOWN_RATING_GROUP}
)
"""Where the detail says more than the reason: which row is missing, which limit is passed."""


def ask_of(record: Record, received_at: Instant) -> Ask | Problem:
    """The request to charge what the record says was used."""
    if record.at > received_at + AHEAD_MS_MAX:
        return Problem(
            record.line,
            "at",
            "lies in the future",
            "correct the clock or the offset of the element that wrote it",
        )
    if record.units > UNITS_MAX:
        return problem_of(record, Refusal.INVALID_UNITS, "")
    service = SERVICE[record.service]
    used = GroupAsk(record.rating_group, used=Used(record.units), unit=UNIT_OF[service])
    return Ask(
        request=Request.DEBIT,
        key=KEY_PREFIX + record.record_id,
        number=0,
        at=received_at,
        service=service,
        direction=DIRECTION[record.direction],
        msisdn=record.msisdn,
        imsi=record.imsi,
        other_party=record.other_party,
        visited_plmn=record.visited_plmn,
        groups=(used,),
        used_at=record.at,
        description=record.description,
    )


def refusal_of(answer: Answer) -> Refusal | None:
    """Why the record was not charged; None when it was."""
    if answer.refusal is not None:
        return answer.refusal
    return next((group.refusal for group in answer.groups if group.refusal is not None), None)


def problem_of(record: Record, refusal: Refusal, detail: str) -> Problem:
    """The refusal as a line of the reject file; the detail is free of personal data by contract."""
    reason = REASON[refusal]
    words = f"{reason.reason}: {detail}" if detail and refusal in DETAILED else reason.reason
    return Problem(record.line, reason.field, words, reason.remedy)
