"""Some weeks of the simulated year; all of it: python -m tests.simulator.rights."""

from pathlib import Path

from tests.simulator.rights import play

REQUESTS = 30
DAYS = 20


async def test_everybody_is_answered_in_time(database: str, tmp_path: Path) -> None:
    outcome = await play(database, tmp_path, seed=3, requests=REQUESTS, days=DAYS)

    assert (outcome.asked, outcome.late, outcome.open) == (REQUESTS, 0, 0)
    assert sum(outcome.outcomes.values()) == REQUESTS
    assert outcome.alerts > 0, "nothing waited for a human: the weeks prove little"
