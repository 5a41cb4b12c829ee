"""The simulator's smoke: fixed seeds and a new one break no law; every planted error is caught."""

import itertools
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import randbelow
from typing import Any

import psycopg
import pytest

from tenure.postgres.embedded import Cluster
from tenure.promises.charging import store as charging_store
from tenure.promises.charging.model import Sessions
from tenure.promises.charging.rules import events
from tenure.promises.money import operations as money_operations
from tenure.promises.money import rules as money_rules
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.values.money import Rounding, rounded
from tests.simulator import books
from tests.simulator.crashes import crashes
from tests.simulator.simulation import Faults, Outcome, Simulation, play

SEEDS = (2, 4, 9)
HOURS = 12
PEOPLE = 12
LOOK_IN = "tenure.promises."

Patch = pytest.MonkeyPatch


@pytest.fixture(scope="session")
def smart_kh() -> Pack:
    """The pack that everybody lives under."""
    return pack.load("smart-kh")


async def played(
    cluster: Cluster, dsn: str, terms: Pack, seed: int, *, hours: int = HOURS
) -> tuple[Simulation, Outcome]:
    """One run with cut connections on an empty database."""
    simulation = Simulation(terms, seed, people=PEOPLE, faults=Faults(cuts=20))
    return simulation, await play(cluster, dsn, simulation, hours=hours)


Played = Callable[[int], Awaitable[tuple[Simulation, Outcome]]]


@pytest.fixture
def world_of(cluster: Cluster, database: str, owner: str, smart_kh: Pack) -> Played:
    """Plays a seed, on a database that is emptied first."""

    async def play_seed(seed: int) -> tuple[Simulation, Outcome]:
        empty(owner)
        return await played(cluster, database, smart_kh, seed)

    return play_seed


def empty(owner: str) -> None:
    """Take all rows away that a run leaves."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            "TRUNCATE money.purse, money.entry, numbers.line, charging.answered,"
            " topups.answered, topups.batch, topups.wrong_pins, record.leaf CASCADE"
        )


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_known_seed_breaks_no_law(
    cluster: Cluster, database: str, smart_kh: Pack, seed: int
) -> None:
    _, outcome = await played(cluster, database, smart_kh, seed)
    assert outcome.violations == (), str(outcome)
    assert outcome.answers > 500, "a run that asks nothing proves nothing"
    assert outcome.cuts > 0


async def test_a_new_seed_breaks_no_law(
    cluster: Cluster, database: str, smart_kh: Pack, record_property: Callable[[str, object], None]
) -> None:
    seed = 1 + randbelow(1_000_000_000)
    record_property("seed", seed)
    sys.stdout.write(f"new seed {seed}; replay: make simulate SEED={seed} HOURS={HOURS}\n")
    _, outcome = await played(cluster, database, smart_kh, seed)
    assert outcome.violations == (), str(outcome)


async def test_the_same_seed_is_the_same_run(
    cluster: Cluster, database: str, smart_kh: Pack, owner: str
) -> None:
    first = await played(cluster, database, smart_kh, 3, hours=2)
    empty(owner)
    second = await played(cluster, database, smart_kh, 3, hours=2)
    assert first[1] == second[1]
    assert [vars_of(a) for a in first[0].auditor.accounts.values()] == [
        vars_of(a) for a in second[0].auditor.accounts.values()
    ]


def vars_of(account: Any) -> tuple[object, ...]:
    """What the auditor believes about a subscriber."""
    return (account.funds, account.owed, [bucket.facts() for bucket in account.buckets])


# An auditor that cannot fail is worthless.  Each of these plants an error in the system.


def everywhere(patch: Patch, name: str, original: Any, planted: Any) -> None:
    """Put the planted function wherever a module of ours has the original under this name."""
    found = 0
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(LOOK_IN) and (
            vars(module).get(name) is original
        ):
            patch.setattr(module, name, planted)
            found += 1
    assert found, f"nothing is called {name} any more; plant the error elsewhere"


def of_charging(name: str) -> Any:
    """The function of charging's rules with this name, wherever it lives."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("tenure.promises.charging.rules") and (
            name in vars(module)
        ):
            return vars(module)[name]
    raise AssertionError(f"no rule is called {name} any more")


def draws_twice(patch: Patch) -> None:
    """A payment takes the funds a second time, behind the back of its entry."""
    draw = money_rules.draw

    def planted(purse: Any, amount: int, at: Any) -> Any:
        once, drawn = draw(purse, amount, at)
        return draw(once, min(drawn.funds_micros, money_rules.payable(once, at)), at)[0], drawn

    everywhere(patch, "draw", draw, planted)


def drops_holds(patch: Patch) -> None:
    """Other sessions' holds are not counted."""
    held = of_charging("held_elsewhere")
    nothing = type(held(Sessions(), None, 0))
    everywhere(patch, "held_elsewhere", held, lambda *_: nothing(0, {}))


def skips_the_digest(patch: Patch) -> None:
    """A reused key is not noticed."""
    everywhere(patch, "digest", of_charging("digest"), lambda _: b"same")


def rounds_up(patch: Patch) -> None:
    """Prices are rounded in the wrong direction."""
    everywhere(
        patch, "rounded", rounded, lambda upper, lower, _: rounded(upper, lower, Rounding.UP)
    )


def refunds_twice(patch: Patch) -> None:
    """That a debit was refunded is forgotten."""
    numbers = itertools.count()
    everywhere(patch, "refund_key", events.refund_key, lambda _: f"refund {next(numbers)}".encode())


def ignores_expiry(patch: Patch) -> None:
    """Funds are usable after the end of their Active Period."""
    everywhere(patch, "valid_funds", money_rules.valid_funds, lambda purse, _: purse.funds_micros)


def forgets_answers(patch: Patch) -> None:
    """The answers of debits are not kept, so a repeat is charged again."""

    async def planted(*_: Any) -> None:
        return None

    everywhere(patch, "remember", charging_store.remember, planted)


def loses_writes(patch: Patch) -> None:
    """Now and then a batch is answered but not written."""
    record = money_operations.record
    turns = itertools.count(1)

    async def planted(tx: Any, changes: Any, *, announce: bool = True) -> None:
        if next(turns) % 40:
            await record(tx, changes, announce=announce)

    patch.setattr(money_operations, "record", planted)


def serves_the_barred(patch: Patch) -> None:
    """Bars, suspensions, losses and stages are not looked at."""
    everywhere(patch, "barred", of_charging("barred"), lambda *_: None)


def gives_back_too_little(patch: Patch) -> None:
    """A refund keeps a millionth."""
    restored = money_rules.restored

    def planted(purse: Any, drawn: Any) -> Any:
        less = type(drawn)(max(drawn.funds_micros - 1, 0), drawn.owed_micros, drawn.grants)
        return restored(purse, less)

    everywhere(patch, "restored", restored, planted)


PLANTED = [
    (draws_twice, "a balance is a sum of entries"),
    (drops_holds, "available is valid money less live holds"),
    (skips_the_digest, "another content under the same key is refused"),
    (rounds_up, "charged is the price"),
    (refunds_twice, "a repeat has no second effect"),
    (ignores_expiry, "available is valid money less live holds"),
    (forgets_answers, "a repeat has no second effect"),
    (loses_writes, "no acknowledged charge is lost or doubled"),
    (serves_the_barred, "who is blocked is not served"),
    (gives_back_too_little, "charged is the price"),
]


def test_what_was_acknowledged_survives_kill_9_of_server_and_database() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tenure-crashes-"))
    folder.chmod(0o711)
    try:
        with Cluster.start(folder) as cluster:
            report = crashes(cluster, 1 + randbelow(1_000_000_000), rounds=3)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert report.violations == [], str(report)
    assert report.kills_of_server == 2
    assert report.kills_of_postgres == 1
    assert report.sent_again > 0, "nothing was outstanding at any crash"


@pytest.mark.parametrize(("plant", "law"), PLANTED, ids=[each.__name__ for each, _ in PLANTED])
async def test_a_planted_error_is_caught(
    world_of: Played, monkeypatch: Patch, plant: Callable[[Patch], None], law: str
) -> None:
    plant(monkeypatch)
    outcome = None
    for seed in SEEDS:
        outcome = (await world_of(seed))[1]
        if law in {violation.law for violation in outcome.violations}:
            return
    pytest.fail(f"nobody noticed: {outcome}")


HIDES_AN_OVERRUN = """
UPDATE money.entry
   SET overrun_micros = overrun_micros - 5, contra_micros = contra_micros + 5
 WHERE kind = 8
"""
EDITED = [
    ("UPDATE money.purse SET funds_micros = funds_micros + 1", "a balance is a sum of entries"),
    ("DELETE FROM money.entry WHERE seq = 2", "entries are numbered without a gap"),
    (HIDES_AN_OVERRUN, "an overrun is explained"),
    (
        "UPDATE money.purse SET funds_end = funds_end + interval '1 second'",
        "a purse is as it was told",
    ),
]


async def test_a_row_edited_behind_the_back_is_caught(
    cluster: Cluster, database: str, owner: str, smart_kh: Pack
) -> None:
    simulation, outcome = await played(cluster, database, smart_kh, SEEDS[0], hours=3)
    assert outcome.violations == ()
    for statement, law in EDITED:
        with psycopg.connect(owner) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)
            before = len(simulation.auditor.violations)
            books.audit_on(connection, simulation.auditor)
            connection.rollback()
        found = {violation.law for violation in simulation.auditor.violations[before:]}
        assert law in found, statement
