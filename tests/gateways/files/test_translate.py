"""Records to requests, and every refusal to a reason with a remedy."""

import pytest

from tenure.gateways.files.translate import (
    AHEAD_MS_MAX,
    DETAILED,
    REASON,
    SERVICE,
    ask_of,
    problem_of,
    refusal_of,
)
from tenure.gateways.files.wire import MEASURES, Problem, Record
from tenure.promises.charging.model import (
    UNITS_MAX,
    Answer,
    Ask,
    Granted,
    GroupAsk,
    Refusal,
    Request,
    Used,
)
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import Instant
from tenure.values.quantity import Unit

NOW = Instant(1_770_000_000_000)


def record(*, at: int = NOW - 1, units: int = 61, service: str = "voice") -> Record:
    """A record of a usage."""
    return Record(
        4, "r-1", service, "in", "85512345678", "", "85598765432", Instant(at), units, 0, "", ""
    )


def test_a_record_is_a_debit_of_what_was_used() -> None:
    ask = ask_of(record(), NOW)
    assert isinstance(ask, Ask)
    assert (ask.request, ask.key, ask.number) == (Request.DEBIT, "record:r-1", 0)
    assert (ask.at, ask.used_at) == (NOW, NOW - 1)
    assert (ask.service, ask.direction) == (Service.VOICE, Direction.IN)
    assert ask.groups == (GroupAsk(0, used=Used(61), unit=Unit.SECONDS),)


def test_every_service_of_a_file_is_a_service_of_ours() -> None:
    assert SERVICE.keys() == MEASURES.keys()
    assert set(SERVICE.values()) == set(Service)


@pytest.mark.parametrize(
    ("ahead_ms", "accepted"), [(AHEAD_MS_MAX, True), (AHEAD_MS_MAX + 1, False)]
)
def test_a_record_from_the_future_is_refused(ahead_ms: int, *, accepted: bool) -> None:
    ask = ask_of(record(at=NOW + ahead_ms), NOW)
    assert isinstance(ask, Ask if accepted else Problem)


@pytest.mark.parametrize(("units", "accepted"), [(UNITS_MAX, True), (UNITS_MAX + 1, False)])
def test_an_impossible_quantity_is_refused(units: int, *, accepted: bool) -> None:
    assert isinstance(ask_of(record(units=units), NOW), Ask if accepted else Problem)


def test_every_refusal_of_charging_has_a_reason_and_a_remedy() -> None:
    assert set(REASON) == set(Refusal)
    for refusal in Refusal:
        problem = problem_of(record(), refusal, "row 7")
        assert problem.line == 4
        assert problem.remedy
        assert problem.reason.endswith(": row 7") == (refusal in DETAILED)


def test_a_refused_group_refuses_the_record() -> None:
    assert refusal_of(Answer(None)) is None
    assert refusal_of(Answer(Refusal.BARRED)) is Refusal.BARRED
    granted = Granted(0, 0, Refusal.RATING_FAILED, None)
    assert refusal_of(Answer(None, groups=(granted,))) is Refusal.RATING_FAILED
