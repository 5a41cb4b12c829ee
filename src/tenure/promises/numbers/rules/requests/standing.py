"""How a number, its holder and the next one must stand: one function a guard, each a plain no."""

from tenure.promises.numbers.model.requests import Case, Kind, Locked, Somebody
from tenure.promises.numbers.rules.requests.needs import NEEDS
from tenure.terms.model import Keeping
from tenure.values.age import adult
from tenure.values.instant import Instant


def locked(lock: Locked | None, at: Instant) -> bool:
    """Whether the holder's lock holds: computed, so that a late clock never opens it early.

    Nor does one that was set back: what stands in the way counts, whenever it says that it began.
    """
    return lock is not None and (lock.lifts_at is None or at < lock.lifts_at)


def minor(who: Somebody | None, keeping: Keeping, at: Instant) -> bool:
    """Whether somebody needs a guardian; who is not known has been refused before."""
    return (
        who is not None
        and who.born_on is not None
        and not adult(who.born_on, keeping.adult_years, keeping.time_zone, at)
    )


def not_held(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """A number that nobody holds is sold, not transferred."""
    if case.standing.holder is None:
        return "nobody holds this number; it can be sold, with: tenure number activate"
    return None


def not_the_holder(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """From whom it goes must hold it now, whatever was so when it was asked."""
    if case.standing.holder != case.request.from_holder:
        return "the holder has changed since; look with: tenure number show, and ask anew"
    return None


def unknown_person(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """PRV-BIO, INC-PROFILE: who a party is must stand on a document."""
    parties = [case.giver, case.taker] if NEEDS[case.request.kind].changes_holder else [case.giver]
    if any(who is None or who.document is None or who.born_on is None for who in parties):
        return "register both with document and date of birth: tenure person enter"
    return None


def to_oneself(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """Nobody gives a number to themselves; a new SIM is another request."""
    if case.request.to_holder == case.request.from_holder:
        return "the holder has it already; for a new SIM use: tenure number replace-sim"
    return None


def never_held(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """INC-24H: a restoration gives back, and so only to somebody who held the number."""
    if case.request.kind is Kind.RESTORATION and not case.taker_held_before:
        return "they did not hold it before it went to others; a transfer needs the consent of both"
    return None


def document_missing(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """What stands for a consent is a paper, and its digest is part of what is approved."""
    if NEEDS[case.request.kind].document and not case.request.document:
        return "give the paper that this rests on, with --document FILE"
    return None


def no_guardian(case: Case, keeping: Keeping, at: Instant) -> str | None:
    """PRV-MINOR: a minor acts with a guardian who is registered as theirs."""
    asked_for = NEEDS[case.request.kind].consents
    minors = [
        who
        for who in (case.giver, case.taker)
        if who is not None and minor(who, keeping, at) and not who.guardians
    ]
    if minors and asked_for:
        return "a minor needs a registered guardian: tenure person guardian"
    return None


def at_the_limit(case: Case, keeping: Keeping, _at: Instant) -> str | None:
    """ID-LINES: so many prepaid numbers, and no more, for one person."""
    most = keeping.prepaid_numbers_max
    if most and NEEDS[case.request.kind].changes_holder and case.taker_numbers >= most:
        return f"the new holder has {most} numbers, the most that the market allows"
    return None


def lost(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """Who has the phone is unknown; nothing that it says counts."""
    if case.standing.lost_at is not None:
        return "the SIM is reported lost; replace it first: tenure number replace-sim"
    return None


def suspended(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """A suspended number stays where it is until its case is closed."""
    return "the number is suspended; end the suspension first" if case.standing.suspended else None


def barred(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """A barred number stays where it is."""
    return "the number is barred; lift the bar first" if case.standing.barred else None


def disputed(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """A number that somebody disputes is not passed on meanwhile."""
    if case.standing.disputed:
        return "a complaint, dispute or order holds this number; close it first"
    return None


def is_locked(case: Case, _keeping: Keeping, at: Instant) -> str | None:
    """The holder locked it, and only the holder lifts that."""
    if locked(case.standing.lock, at):
        return "the holder has locked the number; only the holder lifts it: tenure number unlock"
    return None


def not_locked(case: Case, _keeping: Keeping, at: Instant) -> str | None:
    """There must be a lock to lift."""
    # Once its delay is over the lock is open, and the request only has to be closed.
    if case.request.kind is not Kind.UNLOCK or locked(case.standing.lock, at):
        return None
    lock = case.standing.lock
    if lock is not None and lock.lifts_at is not None:
        return None
    return "the number is not locked; there is nothing to lift"


def sim_too_young(case: Case, keeping: Keeping, at: Instant) -> str | None:
    """A SIM that was changed lately proves nothing about who holds the number."""
    since = case.standing.sim_since
    if since is None or at < since + keeping.transfer.sim_age_ms:
        return "the SIM was changed lately; wait until it is older (sim_age of the terms)"
    return None


def sim_not_free(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    """GTC-SIM: a SIM of ours that never served anybody."""
    if case.request.kind is Kind.SIM and case.request.iccid is None:
        return "name the new SIM with --iccid"
    if not case.sim_is_free:
        return "this SIM is not in stock, or served somebody before; take another"
    return None
