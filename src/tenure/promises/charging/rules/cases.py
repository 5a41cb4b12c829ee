"""What a decision starts from and what it comes to."""

import msgspec

from tenure.promises.charging.model import (
    Answer,
    Answered,
    Ask,
    Case,
    Recorded,
    Refusal,
    Session,
    Sessions,
)
from tenure.promises.charging.rules.admission import digest
from tenure.promises.charging.rules.metering import Held
from tenure.promises.money.model import Entry, Purse
from tenure.values.instant import Instant

_pack = msgspec.msgpack.Encoder().encode
_answer = msgspec.msgpack.Decoder(Answer).decode


def recorded(number: int, asked: bytes, answer: Answer) -> Recorded:
    """An answer as a session keeps it for the repeat of its request."""
    return Recorded(number, asked, msgspec.Raw(_pack(answer)))


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The answer to one ask, and what it changes; nothing changed when ``changed`` is False."""

    answer: Answer
    purse: Purse
    sessions: Sessions
    entries: tuple[Entry, ...] = ()
    answered: tuple[Answered, ...] = ()
    changed: bool = True


def unchanged(case: Case, answer: Answer) -> Decision:
    """An answer without any effect."""
    return Decision(answer, case.purse, case.sessions, changed=False)


def refused(case: Case, refusal: Refusal, detail: str = "") -> Decision:
    """A refusal of the whole request, without any effect."""
    return unchanged(case, Answer(refusal=refusal, detail=detail))


def repeated(case: Case, ask: Ask, earlier: Recorded) -> Decision:
    """The recorded answer again, or KEY_REUSED when the same number asks something else."""
    if earlier.digest != digest(ask):
        return refused(
            case, Refusal.KEY_REUSED, "this number was answered before, for another content"
        )
    return unchanged(case, msgspec.structs.replace(_answer(earlier.answer), repeated=True))


def held_elsewhere(sessions: Sessions, mine: Session | None, at: Instant) -> Held:
    """What all live grants hold, those of one session left out; a hold ends by itself."""
    held = Held(0, {})
    for session in sessions.live:
        if mine is None or session.key != mine.key:
            for meter in session.meters:
                if meter.hold_until > at:
                    held.add(meter)
    return held
