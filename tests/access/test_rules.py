"""Which measure a clause allows, for how long, and what must be shown: tables, then laws."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.access import rules
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
    bits,
    services_of,
)
from tenure.promises.tariffs.model import Service
from tenure.values.instant import DAY_MS, HOUR_MS, SECOND_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.access.given import DATA, FIGURES, restrict, why
from tests.staff.given import AT

# Until when, in hours after now; services; clause; ground.
RESTRICTIONS = """
    clause      | ground   | services | hours | seconds | answer
    GTC-ABUSE   |          | data     |   720 |       0 | yes
    GTC-ABUSE   |          | data     |   720 |       1 | END_TOO_FAR
    GTC-ABUSE   | overload | data     |     1 |       0 | GROUND_MISSING
    GTC-ABUSE   |          |          |     1 |       0 | NO_SERVICE_NAMED
    GTC-ABUSE   |          | data     |     0 |       0 | END_PASSED
    GTC-ABUSE   |          | data     |     0 |       1 | yes
    GTC-ILLEGAL |          | data     |     1 |       0 | CLAUSE_DOES_NOT_ALLOW
    law         |          | data     |  8784 |       0 | yes
    law         |          | data     |  8784 |       1 | END_TOO_FAR
    GTC-TRAFFIC |          | data     |     1 |       0 | GROUND_MISSING
    GTC-TRAFFIC | overload | data     |    24 |       0 | yes
    GTC-TRAFFIC | overload | data     |    24 |       1 | END_TOO_FAR
    GTC-TRAFFIC | security | data     |  8784 |       0 | yes
    GTC-TRAFFIC | security | data     |  8784 |       1 | END_TOO_FAR
    GTC-TRAFFIC | law      | data     |    -1 |       0 | END_PASSED
"""


def table(text: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return rows[1:]


def named(answer: object) -> str:
    return answer.refusal.name if isinstance(answer, Refused) else "yes"


@pytest.mark.parametrize("row", table(RESTRICTIONS), ids=" ".join)
def test_restrictions(row: list[str]) -> None:
    clause, ground, services, hours, seconds, answer = row
    asked = Restrict(
        why(Clause(clause)),
        frozenset(Service[name.upper()] for name in services.split()),
        Instant(AT + int(hours) * HOUR_MS + int(seconds) * SECOND_MS),
        Ground(ground) if ground else None,
    )
    assert named(rules.restricted(asked, FIGURES, AT)) == answer


OTHERS = """
    kind        | clause      | proof      | answer
    suspension  | GTC-ABUSE   |            | yes
    suspension  | GTC-ILLEGAL |            | yes
    suspension  | law         |            | yes
    suspension  | GTC-TRAFFIC |            | CLAUSE_DOES_NOT_ALLOW
    termination | GTC-ABUSE   |            | PROOF_MISSING
    termination | GTC-ABUSE   | decision 7 | yes
    termination | GTC-ILLEGAL |            | yes
    termination | law         |            | yes
    termination | GTC-TRAFFIC | decision 7 | CLAUSE_DOES_NOT_ALLOW
"""


@pytest.mark.parametrize("row", table(OTHERS), ids=" ".join)
def test_suspensions_and_terminations(row: list[str]) -> None:
    kind, clause, proof, answer = row
    reasons = why(Clause(clause))
    if kind == "suspension":
        assert named(rules.suspended(Suspend(reasons))) == answer
    else:
        assert named(rules.terminated(Terminate(reasons, proof))) == answer


@pytest.mark.parametrize(
    ("reason", "evidence", "answer"),
    [
        (" ", "case 12", "REASON_MISSING"),
        ("", "", "REASON_MISSING"),
        ("abuse", "\t", "EVIDENCE_MISSING"),
    ],
)
def test_nothing_is_done_without_a_reason_and_evidence(
    reason: str, evidence: str, answer: str
) -> None:
    reasons = Why(Clause.ABUSE, reason, evidence)
    asked = msgspec.structs.replace(restrict(), why=reasons)
    assert named(rules.restricted(asked, FIGURES, AT)) == answer
    assert named(rules.suspended(Suspend(reasons))) == answer
    assert named(rules.terminated(Terminate(reasons, "proof"))) == answer


def measure(
    kind: Kind = Kind.RESTRICTION, ends_at: Instant | None = None, lifted: Instant | None = None
) -> Measure:
    return Measure(
        measure_id=1,
        msisdn=Msisdn("85512345678"),
        purse_id=1,
        kind=kind,
        clause=Clause.ABUSE,
        ground=None,
        services=DATA,
        ends_at=ends_at,
        reason="abuse",
        evidence="case 12",
        decided_by="mao",
        decided_at=AT,
        group_id=None,
        lifted_at=lifted,
    )


@pytest.mark.parametrize(
    ("later_ms", "in_force"), [(-1, False), (0, True), (999, True), (1_000, False), (1_001, False)]
)
def test_a_restriction_is_in_force_from_its_decision_until_its_end(
    *, later_ms: int, in_force: bool
) -> None:
    one = measure(ends_at=Instant(AT + 1_000))
    at = Instant(AT + later_ms)
    assert rules.in_force(one, at) is in_force
    assert isinstance(rules.lifted(one, at), Measure) is in_force


def test_what_was_lifted_ends_then_and_a_termination_never() -> None:
    lifted = measure(Kind.SUSPENSION, lifted=Instant(AT + 500))
    assert rules.in_force(lifted, Instant(AT + 499))
    assert not rules.in_force(lifted, Instant(AT + 500))
    assert rules.cut([lifted], Instant(AT + 499))
    assert not rules.cut([lifted, measure(ends_at=Instant(AT + DAY_MS))], Instant(AT + 500))
    final = rules.lifted(measure(Kind.TERMINATION), Instant(AT + DAY_MS))
    assert isinstance(final, Refused)
    assert final.refusal is Refusal.FINAL
    assert rules.cut([measure(Kind.TERMINATION)], Instant(AT + 400 * DAY_MS))


@given(st.frozensets(st.sampled_from(Service)))
def test_services_survive_their_bits(services: frozenset[Service]) -> None:
    assert services_of(bits(services)) == services
    assert 0 <= bits(services) <= 31


CLAUSES = st.sampled_from(Clause)
GROUNDS = st.none() | st.sampled_from(Ground)


@given(CLAUSES, GROUNDS, st.frozensets(st.sampled_from(Service)), st.integers(-10, 400 * 86_400))
def test_no_restriction_is_endless_or_without_its_ground(
    clause: Clause, ground: Ground | None, services: frozenset[Service], seconds: int
) -> None:
    asked = Restrict(why(clause), services, Instant(AT + seconds * SECOND_MS), ground)
    if isinstance(rules.restricted(asked, FIGURES, AT), Refused):
        return
    assert AT < asked.until <= AT + 366 * DAY_MS
    assert (clause is Clause.TRAFFIC) == (ground is not None)
    assert services
    if ground is Ground.OVERLOAD:
        assert asked.until <= AT + 24 * HOUR_MS
    assert clause is not Clause.ILLEGAL


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), CLAUSES)
def test_another_termination_has_another_text(
    reason: str, evidence: str, proof: str, clause: Clause
) -> None:
    """What a second human approved can be used for nothing else."""
    one = Terminate(Why(clause, reason, evidence), proof)
    text = rules.termination_text("85512345678", 1, one)
    for other in (
        rules.termination_text("85512345679", 1, one),
        rules.termination_text("85512345678", 2, one),
        rules.termination_text("85512345678", 1, Terminate(one.why, proof + "x")),
        rules.termination_text("85512345678", 1, Terminate(Why(clause, reason + "x", evidence))),
    ):
        assert other != text
