"""Requests as the page shows them: in a list, and exactly as they are before somebody signs."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.gateways.web.translate.events import ASKED_FOR
from tenure.gateways.web.translate.lines import Wording, masked, number_words
from tenure.gateways.web.translate.proofs import second
from tenure.gateways.web.wire.stories import Content, Row, Waiting
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Progress, Request, RequestKind

OUTCOME: Final[Mapping[str, str]] = {
    "effected": "It took effect on",
    "stopped": "It was stopped on",
    "expired": "It waited for too long, and ended on",
}
HOLDER_ASKED: Final = "the holder, without anybody of ours"
NEVER_NAMED: Final = "somebody else"


class Parties(msgspec.Struct, frozen=True):
    """Who the people of a request are, for whoever may know."""

    giver: str
    taker: str
    asker: str
    approvers: Sequence[str] = ()

    def __repr__(self) -> str:
        return "Parties()"


def title(request: Request) -> str:
    """What is asked for, as a heading."""
    words = ASKED_FOR[request.kind.value]
    return words[0].upper() + words[1:]


def waiting(progress: Progress, said: Wording) -> Waiting:
    """A request in a list."""
    request = progress.request
    return Waiting(
        request_id=request.request_id,
        what=title(request),
        number=masked(request.msisdn),
        asked=f"asked on {second(request.asked_at, said)}",
        waits="; ".join(waits(progress)) or "its time",
    )


def waits(progress: Progress) -> list[str]:
    """What a request still waits for."""
    return [one.detail for one in progress.missing]


def content(progress: Progress, parties: Parties, said: Wording) -> Content:
    """A request exactly as it is."""
    request = progress.request
    return Content(
        request_id=request.request_id,
        title=title(request),
        rows=tuple(_rows(progress, parties, said)),
        body=numbers.requests.body_of(request),
        fingerprint=progress.request_hash.hex(),
        waits=tuple(waits(progress)),
        given=tuple(parties.approvers),
        ended=_ended(progress, said),
    )


def _ended(progress: Progress, said: Wording) -> str:
    ending = progress.ending
    if ending is None:
        return ""
    return f"{OUTCOME[ending.outcome.value]} {second(ending.at, said)}."


def _rows(progress: Progress, parties: Parties, said: Wording) -> list[Row]:
    request = progress.request
    rows = [Row("Number", number_words(request.msisdn)), Row("Held by", parties.giver)]
    if request.to_holder is not None:
        rows.append(Row("To be held by", parties.taker))
        left = "goes along with it" if request.funds_go else "stays with who holds it now"
        rows.append(Row("What is left of the money", left))
    if request.iccid is not None:
        note = "The SIM that is in use now is dead for good from then on."
        rows.append(Row("New SIM", f"number {request.iccid}", note))
    if request.document:
        rows.append(Row("Rests on the paper", request.document, "SHA-256 of it"))
    rows.append(Row("Asked by", parties.asker, second(request.asked_at, said)))
    if progress.takes_effect_at is not None and progress.ending is None:
        rows.append(Row("Takes effect on", second(progress.takes_effect_at, said)))
    if progress.ending is None:
        note = "what was not completed by then is over"
        rows.append(Row("Open until", second(progress.expires_at, said), note))
    if request.kind is RequestKind.UNLOCK:
        rows.append(Row("Afterwards", "the number can be given to somebody else again"))
    return rows


def row(progress: Progress, said: Wording) -> Row:
    """A request on the page of its number."""
    value = _ended(progress, said) or f"waits for {'; '.join(waits(progress)) or 'its time'}"
    note = f"asked on {second(progress.request.asked_at, said)}"
    if progress.ending is None and progress.takes_effect_at is not None:
        note += f"; takes effect on {second(progress.takes_effect_at, said)}"
    return Row(title(progress.request), value, note)
