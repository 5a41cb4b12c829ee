"""What is due when (PRV-KEEP), and what a hold must say; pure, and the same at any clock."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Final

from msgspec.structs import replace

from tenure.promises.privacy.model.retention import (
    HOLD,
    RELEASE,
    Certificate,
    Facts,
    Ground,
    Hold,
    Left,
    Refusal,
    Standing,
    State,
    Step,
    Window,
)
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical
from tenure.terms.retention import RELATION, Keeping
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

REVIEW_MS_MAX: Final = 366 * DAY_MS
PAGES_MAX: Final = 1 << 16
"""Half a gigabyte is looked through in one statement at most."""
LOOK_MS: Final = {
    Ground.HELD: DAY_MS,
    Ground.LASTS: 30 * DAY_MS,
    Ground.NEEDED: 30 * DAY_MS,
    Ground.USAGE: 30 * DAY_MS,
}


def begins(keeping: Keeping, facts: Facts) -> Instant | None:
    """From when on the time of a row counts; None while it lasts."""
    if keeping.starts != RELATION:
        return facts.since
    if facts.relation is None:
        return None
    return facts.relation if facts.since is None else max(facts.since, facts.relation)


def due(keeping: Keeping, facts: Facts, at: Instant, kind: str = "") -> Standing:
    """How what is kept so stands at an instant.

    A hold comes first; what lasts has no end in sight; then it must stay, may go, and is due.
    """
    period = keeping.of(kind)
    begun = begins(keeping, facts)
    if facts.held:
        return Standing(State.HELD)
    if begun is None:
        return Standing(State.LASTS)
    may, must = Instant(begun + period.minimum_ms), Instant(begun + period.maximum_ms)
    if at >= must:
        return Standing(State.DUE)
    return Standing(State.MAY_GO, must) if at >= may else Standing(State.MUST_STAY, may)


def on_request(keeping: Keeping, facts: Facts, at: Instant, kind: str = "") -> bool:
    """Whether it goes when its subject asks: after its minimum, or at any time when it has none."""
    if facts.held:
        return False
    if keeping.of(kind).minimum_days == 0:
        return True
    return due(keeping, facts, at, kind).state in (State.MAY_GO, State.DUE)


def again(left: Sequence[Left], at: Instant) -> Instant | None:
    """When to look again at what stays; None when nothing does.

    When the first month begins in which something can go; tomorrow for what is held, since a
    dispute ends without a word to us; and in a month for what others still need.
    """
    named = [one.until for one in left if one.until is not None and one.until > at]
    named += [Instant(at + LOOK_MS[one.ground]) for one in left if one.ground in LOOK_MS]
    return min(named, default=Instant(at + LOOK_MS[Ground.NEEDED]) if left else None)


def further(window: Window, done: int, pages: int) -> Window | None:
    """Where the step goes on when so many rows ended in a window; None at the end of its table.

    As long as a window is full it is looked at again, half as wide.  Where little ends it becomes
    wider: a table of which nothing is due is gone through in a few statements.
    """
    width = window.until_page - window.page
    if done >= window.rows_max:
        return replace(window, until_page=window.page + max(1, width // 2))
    if window.until_page >= pages:
        return None
    wider = min(2 * width, PAGES_MAX) if done * 4 < window.rows_max else width
    return replace(window, page=window.until_page, until_page=window.until_page + wider)


def freed(steps: Sequence[Step], before: Certificate, stays: Sequence[Left]) -> tuple[str, ...]:
    """The classes of which nothing stays now, and something may have stayed before.

    What is held keeps its key: who needs it as evidence has to read it.
    """
    kept = {one.keep for one in stays}
    # Its first leaf says that it began, and each later one what came of it.
    known = {one.keep for one in (before.left if len(before.leaves) > 1 else steps)}
    return tuple(sorted(known - kept))


def held(asked: Hold, known: Collection[str]) -> Hold | Refused[Refusal]:
    """A hold with case, authority, document, scope and day of review, bound to its hash."""
    if not (asked.reference.strip() and asked.authority.strip()):
        what = "name the case and the authority that wants it: --case, --authority"
        return Refused(Refusal.REFERENCE_MISSING, what)
    if len(asked.document) != hashlib.sha256().digest_size * 2:
        return Refused(Refusal.DOCUMENT_MISSING, "a hold rests on a document: --document FILE")
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        return Refused(Refusal.PERIOD_EMPTY, "it ends before it begins; write --from and --until")
    if not asked.asked_at < asked.review_at <= asked.asked_at + REVIEW_MS_MAX:
        return Refused(Refusal.REVIEW_TOO_LATE, "it is looked at again within 366 days: --review")
    unknown = sorted(set(asked.keeps) - set(known))
    if unknown:
        what = f"{unknown[0]} is no class; they are {', '.join(sorted(known))}"
        return Refused(Refusal.CLASS_UNKNOWN, what)
    return asked


def hold_body(asked: Hold) -> str:
    """Exactly what is approved: canonical JSON of all of it."""
    said: dict[str, Plain] = {
        "kind": HOLD,
        "hold": str(asked.hold_id),
        "whose": f"{asked.whose.kind} {asked.whose.whom}",
        "keeps": list(asked.keeps),
        "reference": asked.reference,
        "authority": asked.authority,
        "document": asked.document,
        "from_ms": asked.since,
        "until_ms": asked.until,
        "review_ms": asked.review_at,
    }
    return canonical(said)


def release_body(hold: Hold, reason: str, at: Instant) -> str:
    """Exactly what is approved when a hold is to end."""
    said: dict[str, Plain] = {
        "kind": RELEASE, "hold": str(hold.hold_id), "reason": reason, "asked_ms": at,
    }  # fmt: skip
    return canonical(said)
