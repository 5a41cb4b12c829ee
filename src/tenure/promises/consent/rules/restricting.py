"""When what is held of somebody rests, and when it may be used again; pure."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.promises.consent.model import Refusal, Restrict, Restriction, Told
from tenure.promises.consent.rules.saying import drawn
from tenure.promises.record.model import Act
from tenure.values.instant import Instant
from tenure.values.refused import Refused

_CASE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z .:/_-]{0,99}", re.ASCII)
_TOLD: Final = re.compile(r"notice [0-9]{1,18}|letter [0-9A-Za-z .:/_-]{1,90}", re.ASCII)


def restricted(
    asked: Restrict, known: Sequence[Restriction], act: Act
) -> Restriction | Refused[Refusal]:
    """The restriction in force for this ground, or a new one."""
    if not _CASE.fullmatch(asked.case_ref):
        detail = "name the case by its id, at most 100 letters, digits and . : / _ -"
        return Refused(Refusal.CASE_UNUSABLE, detail)
    for one in known:
        if one.asked.ground is asked.ground:
            return one
    new_id = drawn(act, "restriction", str(asked.person_id), asked.ground.value)
    return Restriction(new_id, asked, act.at)


def lifted(
    known: Restriction | None, told: Told, *, heard: bool, at: Instant
) -> Restriction | Refused[Refusal]:
    """The restriction as it ends now; ``heard``: the notice or letter is there, and about this."""
    if known is None:
        return Refused(Refusal.UNKNOWN_RESTRICTION, "no such restriction; see the person's cases")
    if known.until is not None:
        return Refused(Refusal.LIFTED_ALREADY, "this restriction was lifted before")
    if not heard or not _TOLD.fullmatch(told.by) or not known.since <= told.at < at:
        detail = "tell the person first that it will end, by a notice or a letter (GDPR 18(3))"
        return Refused(Refusal.NOT_TOLD, detail)
    return msgspec.structs.replace(known, told=told, until=at)
