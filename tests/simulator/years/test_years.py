"""The years' smoke: known seeds break no law; every planted error is found."""

from collections.abc import Iterator

import psycopg
import pytest

from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tests.simulator.years.days import Outcome, Run
from tests.simulator.years.laws import leaves, notices
from tests.simulator.years.planted import ALONE, EDITED, PLANTED, Database, Planted

PEOPLE = 40
YEAR = 360
SMALL_WORLD = 30


@pytest.fixture
def another(cluster: Cluster, furnished: str) -> Iterator[tuple[str, str]]:
    """One more database, as the application and as somebody with every right connects to it."""
    name = "test_another"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {furnished}".encode())
        connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {APPLICATION}".encode())
        yield cluster.dsn_of(APPLICATION, name), cluster.dsn_of(SUPERUSER, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


async def played(dsn: str, owner: str, seed: int, days: int, people: int = PEOPLE) -> Outcome:
    """One run on an empty database."""
    return await Run(dsn, owner, seed, people=people).play(days)


async def test_a_known_seed_breaks_no_law(database: str, owner: str) -> None:
    outcome = await played(database, owner, 1, YEAR)

    assert outcome.violations == (), str(outcome)
    for what in ("transfer", "inheritance", "legal-order", "restoration", "sim", "unlock"):
        assert outcome.done.get(f"took effect: {what}", 0) > 0, f"nobody tried a {what}"
    assert outcome.done["recycled"] > 0
    assert len(outcome.broken) == 3, "nothing broke on the way"
    assert outcome.stopped, "nobody went past the rules"


async def test_another_seed_breaks_no_law(database: str, owner: str) -> None:
    outcome = await played(database, owner, 2, YEAR // 2)

    assert outcome.violations == (), str(outcome)


async def test_the_same_seed_is_the_same_run(
    database: str, owner: str, another: tuple[str, str]
) -> None:
    first = await played(database, owner, 3, 60, SMALL_WORLD)
    second = await played(*another, 3, 60, SMALL_WORLD)

    assert first == second


@pytest.mark.parametrize("error", PLANTED, ids=[one.plant.__name__ for one in PLANTED])
async def test_a_planted_error_is_found(
    database: str, owner: str, monkeypatch: pytest.MonkeyPatch, error: Planted
) -> None:
    error.plant(monkeypatch, Database(owner))

    run = Run(database, owner, 1, people=SMALL_WORLD)
    outcome = await run.play(YEAR, until_broken=error.law)

    assert error.law in {one.law for one in outcome.violations}, f"nobody noticed: {outcome}"


async def test_rows_edited_behind_the_back_are_found(database: str, owner: str) -> None:
    run = Run(database, owner, 5, people=SMALL_WORLD)
    outcome = await run.play(YEAR)
    assert outcome.violations == (), str(outcome)
    for statement, law in EDITED:
        with psycopg.connect(owner) as connection:
            connection.execute((ALONE + statement).encode())
            run.auditor.record, run.auditor.notices = leaves.Read(), notices.Read()
            run.auditor._connection = connection
            before = len(run.books.violations)
            run.auditor.look()
            connection.rollback()
        found = {violation.law for violation in run.books.violations[before:]}
        assert law in found, statement
