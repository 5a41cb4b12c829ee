"""Which measure a clause allows, for how long, and what has to be shown for it: pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from tenure.promises.access.model import (
    Clause,
    Ground,
    Kind,
    Measure,
    Refusal,
    Restrict,
    Suspend,
    Terminate,
    Why,
)
from tenure.promises.record.rules import canonical
from tenure.promises.tariffs.model import Service
from tenure.terms.model import Access
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

ALLOWS: Final[Mapping[Kind, frozenset[Clause]]] = {
    # GTC-TRAFFIC restricts user groups; GTC-ABUSE restricts whoever obstructs others.
    Kind.RESTRICTION: frozenset({Clause.TRAFFIC, Clause.ABUSE, Clause.LAW}),
    # GTC-ILLEGAL: immediate suspension.
    Kind.SUSPENSION: frozenset({Clause.ABUSE, Clause.ILLEGAL, Clause.LAW}),
    Kind.TERMINATION: frozenset({Clause.ABUSE, Clause.ILLEGAL, Clause.LAW}),
}

RESTRICTION_MAX_MS: Final = 366 * DAY_MS
"""What shall last longer is decided anew: nobody is restricted because somebody forgot."""


def _explained(kind: Kind, why: Why) -> Refused[Refusal] | None:
    if not why.reason.strip():
        return Refused(Refusal.REASON_MISSING, "say why; the subscriber is told")
    if not why.evidence.strip():
        return Refused(Refusal.EVIDENCE_MISSING, "name the case or the document that shows it")
    if why.clause not in ALLOWS[kind]:
        allowed = ", ".join(sorted(clause.value for clause in ALLOWS[kind]))
        return Refused(Refusal.CLAUSE_DOES_NOT_ALLOW, f"a {kind.value} needs one of {allowed}")
    return None


def restricted(asked: Restrict, figures: Access, at: Instant) -> Restrict | Refused[Refusal]:
    """The restriction, if its clause, ground, services and end fit together."""
    problem = _explained(Kind.RESTRICTION, asked.why)
    if problem is not None:
        return problem
    if (asked.why.clause is Clause.TRAFFIC) is (asked.ground is None):
        return Refused(
            Refusal.GROUND_MISSING,
            "traffic is managed for law, security or overload, and nothing else has such a ground",
        )
    if not asked.services:
        return Refused(Refusal.NO_SERVICE_NAMED, "name the services; all of them is a suspension")
    if asked.until <= at:
        return Refused(Refusal.END_PASSED, "the end must come after now")
    longest_ms = longest(asked, figures)
    if asked.until > at + longest_ms:
        hours = longest_ms // (DAY_MS // 24)
        return Refused(
            Refusal.END_TOO_FAR, f"at most {hours} hours; decide anew when they are over"
        )
    return asked


def longest(asked: Restrict, figures: Access) -> int:
    """For how long such a restriction may last, in milliseconds."""
    if asked.ground is Ground.OVERLOAD:
        return figures.overload_max_ms
    if asked.why.clause is Clause.ABUSE:
        return min(figures.restriction_max_ms, RESTRICTION_MAX_MS)
    return RESTRICTION_MAX_MS


def suspended(asked: Suspend) -> Suspend | Refused[Refusal]:
    """The suspension, if its clause allows one."""
    return _explained(Kind.SUSPENSION, asked.why) or asked


def terminated(asked: Terminate) -> Terminate | Refused[Refusal]:
    """The termination, if its clause allows one and what it needs is named."""
    problem = _explained(Kind.TERMINATION, asked.why)
    if problem is not None:
        return problem
    if asked.why.clause is Clause.ABUSE and not asked.proof.strip():
        return Refused(
            Refusal.PROOF_MISSING, "abuse ends a contract only if systematic obstruction is proven"
        )
    return asked


def termination_text(msisdn: str, purse_id: int, asked: Terminate) -> str:
    """Exactly what a second human approves, as one text (RFC 8785)."""
    said: dict[str, str | int] = {
        "kind": "access.terminate",
        "msisdn": msisdn,
        "purse": purse_id,
        "clause": asked.why.clause.value,
        "reason": asked.why.reason,
        "evidence": asked.why.evidence,
    }
    return canonical(said | ({"proof": asked.proof} if asked.proof else {}))


def lifted(measure: Measure, at: Instant) -> Measure | Refused[Refusal]:
    """The measure, if it can be lifted now."""
    if measure.kind is Kind.TERMINATION:
        return Refused(Refusal.FINAL, "the contract is void; make a new one")
    if not in_force(measure, at):
        return Refused(Refusal.ENDED_ALREADY, "it has ended; nothing is left to lift")
    return measure


def in_force(measure: Measure, at: Instant) -> bool:
    """Whether a measure counts at an instant: what has an end ends by itself."""
    if at < measure.decided_at or (measure.lifted_at is not None and at >= measure.lifted_at):
        return False
    return measure.ends_at is None or at < measure.ends_at


def known(measures: Sequence[Measure], asked: Restrict | Suspend, at: Instant) -> Measure | None:
    """The measure in force that is exactly what is asked for; None when it would be a new one.

    Whoever asks again because an answer was lost means no second measure, of which somebody would
    have to lift both.
    """
    services, ends_at = frozenset[Service](), None
    if isinstance(asked, Restrict):
        services, ends_at = asked.services, asked.until
    wanted = (asked.why.clause, asked.why.reason, asked.why.evidence, services, ends_at)
    for one in measures:
        same = (one.clause, one.reason, one.evidence, one.services, one.ends_at) == wanted
        if same and one.group_id is None and one.kind is not Kind.TERMINATION and in_force(one, at):
            return one
    return None


def cut(measures: Sequence[Measure], at: Instant) -> bool:
    """Whether measures in force leave a line no use at all."""
    return any(one.kind is not Kind.RESTRICTION and in_force(one, at) for one in measures)


def facts(why: Why, asked: Restrict | None, iso_end: str) -> dict[str, str]:
    """What the notice about a measure names."""
    told = {"reason": why.reason, "clause": why.clause.value}
    if asked is None:
        return told
    names = sorted(service.name.lower() for service in asked.services)
    return {**told, "ends_at": iso_end, "services": ", ".join(names)}


def digest_text(msisdns: Sequence[Msisdn]) -> bytes:
    """Which lines a group is of, as one text to be hashed."""
    return "\n".join(sorted(msisdns)).encode()
