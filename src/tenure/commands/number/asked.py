"""How a request is told: what it is, what it waits for, and what to do next."""

from typing import Any

from tenure.commands import connect
from tenure.commands.number.acting import NAME
from tenure.promises.numbers.model import Progress, RequestRefusal
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

_STEP = "tenure number transfer"
NEXT = {
    RequestRefusal.CONSENT_MISSING: f"{_STEP} consent {{id}} --party from (or to)",
    RequestRefusal.GUARDIAN_CONSENT_MISSING: f"{_STEP} consent {{id}} --party to-guardian",
    RequestRefusal.APPROVAL_MISSING: f"{_STEP} approve {{id}} --by LOGIN",
    RequestRefusal.COOLING_OFF: "nothing; it takes effect by itself",
}


def answered(found: Any, *, as_json: bool) -> Progress:
    """The progress, or the refusal and exit with 1."""
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    assert isinstance(found, Progress)
    return found


def say(made: Progress, at: Instant, *, as_json: bool) -> None:
    """Tell how far a request is."""
    connect.say("\n".join(_lines(made, at)), told(made), as_json=as_json)


def say_all(found: list[Progress], at: Instant, *, as_json: bool) -> None:
    """Tell how far each request is."""
    lines = [line for one in found for line in [*_lines(one, at), ""]]
    words = "\n".join(lines[:-1]) or "nothing was asked about this number"
    connect.say(words, [told(one) for one in found], as_json=as_json)


def _lines(made: Progress, at: Instant) -> list[str]:
    request = made.request
    lines = [f"{request.kind.value} {request.request_id}, asked at {iso(request.asked_at)}"]
    lines.append(f"  hash      {made.request_hash.hex()}")
    if made.ending is not None:
        return [*lines, f"  {made.ending.outcome.value} at {iso(made.ending.at)}"]
    waits = "; ".join(one.detail for one in made.missing)
    lines.append(f"  waits for {waits or 'the clock, which comes every minute'}")
    if made.takes_effect_at is not None:
        lines.append(f"  effect    not before {iso(made.takes_effect_at)}")
    lines.append(f"  over      at {iso(made.expires_at)}")
    steps = [NEXT[one.refusal] for one in made.missing if one.refusal in NEXT]
    if steps:
        lines.append(f"  next      {steps[0].format(id=request.request_id)}")
    if at < made.expires_at:
        lines.append(f"  to stop   tenure number transfer stop {request.request_id}")
    return lines


def told(made: Progress) -> dict[str, object]:
    """A request as a program reads it."""
    request, ending = made.request, made.ending
    return {
        "request": request.request_id,
        "kind": request.kind.value,
        "msisdn": str(request.msisdn),
        "hash": made.request_hash.hex(),
        "asked_at": iso(request.asked_at),
        "outcome": None if ending is None else ending.outcome.value,
        "ended_at": None if ending is None else iso(ending.at),
        "waits_for": [{"refusal": one.refusal.name, "detail": one.detail} for one in made.missing],
        "takes_effect_at": None if made.takes_effect_at is None else iso(made.takes_effect_at),
        "expires_at": iso(made.expires_at),
    }
