"""Where a number stands in its life, what it may do there, and how a line may be changed; pure."""

from typing import Final, assert_never

import msgspec
import phonenumbers

from tenure.promises.numbers.model import (
    Bar,
    Block,
    Change,
    Line,
    Refusal,
    ReportFound,
    ReportLost,
    Resume,
    Stage,
    Suspend,
)
from tenure.terms.model import Lifecycle
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

ACTIVE: Final = Stage.ACTIVE
TYPED_MAX: Final = 40
"""More characters than anybody types for a number."""


def stage(validity_end: Instant, lifecycle: Lifecycle, at: Instant, *, postpaid: bool) -> Stage:
    """GTC-LIFE, INC-90: the stage at an instant; each period begins where the one before ends."""
    if postpaid or at < validity_end:
        return ACTIVE
    both_blocked_at = validity_end + lifecycle.outgoing_blocked_days * DAY_MS
    if at < both_blocked_at:
        return Stage.OUTGOING_BLOCKED
    if at < both_blocked_at + lifecycle.both_blocked_days * DAY_MS:
        return Stage.BOTH_BLOCKED
    return Stage.DUE_FOR_RECYCLING


def may_go_out(line: Line, at_stage: Stage, at: Instant) -> Block | None:
    """What keeps the line from outgoing use, the gravest first; None when nothing does."""
    grave = _blocks_both_ways(line, at)
    if grave is not None:
        return grave
    if line.bar_outgoing:
        return Block.BARRED
    return None if at_stage is ACTIVE else Block.STAGE_BLOCKED


def may_come_in(line: Line, at_stage: Stage, at: Instant) -> Block | None:
    """What keeps the line from incoming use, the gravest first; None when nothing does."""
    grave = _blocks_both_ways(line, at)
    if grave is not None:
        return grave
    if line.bar_incoming:
        return Block.BARRED
    reachable = at_stage in (Stage.ACTIVE, Stage.OUTGOING_BLOCKED)
    return None if reachable else Block.STAGE_BLOCKED


def _blocks_both_ways(line: Line, at: Instant) -> Block | None:
    # GTC-LOST: usage from the instant of the report on is nobody's to pay.
    if line.lost_at is not None and at >= line.lost_at:
        return Block.LOST_OR_STOLEN
    return Block.SUSPENDED if line.suspended else None


def changed(line: Line, change: Change, at: Instant) -> Line:
    """The line as it is after the change; an equal line when it was so already."""
    match change:
        case Bar(outgoing=outgoing, incoming=incoming):
            return msgspec.structs.replace(
                line,
                bar_outgoing=line.bar_outgoing if outgoing is None else outgoing,
                bar_incoming=line.bar_incoming if incoming is None else incoming,
            )
        case ReportLost():
            # The first report counts: from then on the subscriber pays nothing (GTC-LOST).
            return line if line.lost_at is not None else msgspec.structs.replace(line, lost_at=at)
        case ReportFound():
            return msgspec.structs.replace(line, lost_at=None)
        case Suspend():
            return msgspec.structs.replace(line, suspended=True)
        case Resume():
            return msgspec.structs.replace(line, suspended=False)
        case _:
            assert_never(change)


def normalised(typed: str, country: str) -> Msisdn | Refused[Refusal]:
    """The E.164 digits of a number in any form a person writes it.

    ``country`` is the ISO code of the operator ("KH"), for numbers without a country code.  Any
    country's numbers are read; whether one is ours is for the register of lines to say.
    """
    if len(typed) > TYPED_MAX:
        return Refused(Refusal.NOT_A_NUMBER, f"more than {TYPED_MAX} characters are no number")
    text = typed.strip().removeprefix("tel:")
    ours = phonenumbers.country_code_for_region(country)
    digits = text.replace(" ", "").removeprefix("00")
    # E.164 without its plus sign, as in exports of other systems, or after the 00 of most countries
    # (where 00855 would otherwise be read as the Cambodian exit code 008 and a call to Brazil).
    if digits.isdecimal() and digits.startswith(str(ours)):
        text = f"+{digits}"
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as wrong:
        return Refused(_refusal_of(wrong), _EXAMPLE.format(ours=ours))
    if parsed.extension:
        return Refused(Refusal.NOT_A_NUMBER, "a line has no extension; leave it out")
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Refused(Refusal.WRONG_LENGTH, _EXAMPLE.format(ours=ours))
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Msisdn(e164.removeprefix("+"))


_EXAMPLE: Final = "write it with the country code and all digits, such as +{ours} 12 345 678"


def _refusal_of(wrong: phonenumbers.NumberParseException) -> Refusal:
    lengths = (
        phonenumbers.NumberParseException.TOO_LONG,
        phonenumbers.NumberParseException.TOO_SHORT_NSN,
        phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
    )
    return Refusal.WRONG_LENGTH if wrong.error_type in lengths else Refusal.NOT_A_NUMBER
