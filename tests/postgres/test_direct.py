"""A lane's own connection: what it answers, what an error leaves, what a lost one comes to."""

from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest

from tenure.postgres.arrays import byteas, int8s, texts
from tenure.postgres.connection import connector
from tenure.postgres.direct import Direct
from tenure.postgres.lanes import Lanes
from tenure.postgres.transaction import ATTEMPTS_MAX, Statements

KEEP = "INSERT INTO kept SELECT * FROM unnest(%s)"
KEPT = "SELECT n FROM kept ORDER BY n"


@pytest.fixture
async def direct(database: str) -> AsyncIterator[Direct]:
    connection = await connector(database)()
    await connection.execute("CREATE TEMPORARY TABLE kept (n bigint PRIMARY KEY)")
    found = Direct(connection)
    yield found
    await found.close()


async def keep(tx: Statements, numbers: Sequence[int]) -> list[int]:
    """Keep the numbers; all that is kept by then."""
    await tx.execute(KEEP, (int8s(numbers),))
    return [row[0] for row in await (await tx.execute(KEPT)).fetchall()]


async def test_statements_of_a_batch_are_one_transaction_and_rows_are_ours(direct: Direct) -> None:
    async def ask(tx: Statements, _: Sequence[int]) -> list[object]:
        pairs = (texts(["a", "é"]), byteas([b"", b"\0"]))
        first = await tx.execute("SELECT * FROM unnest(%s, %s)", pairs)
        second = await tx.execute("SELECT %s + 1, NULL::text", (41,))
        assert await second.fetchall() == [(42, None)]
        return await first.fetchall()

    assert await direct.perform(ask, []) == [("a", b""), ("é", b"\0")]
    assert await direct.perform(keep, [2, 1]) == [1, 2]
    assert await direct.perform(keep, []) == [1, 2]


async def test_an_error_undoes_the_batch_and_the_connection_serves_the_next(direct: Direct) -> None:
    async def wrong(tx: Statements, _: Sequence[int]) -> list[int]:
        await keep(tx, [7])
        await tx.execute("SELECT 1 / %s", (0,))
        return await keep(tx, [8])

    async def confused(tx: Statements, _: Sequence[int]) -> list[int]:
        await tx.execute(KEEP, (int8s([9]),))
        raise LookupError("a bug of ours")

    async def other(tx: Statements, _: Sequence[int]) -> list[int]:
        return [row[0] for row in await (await tx.execute("SELECT 2 / %s", (1,))).fetchall()]

    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await direct.perform(wrong, [])
        with pytest.raises(LookupError):
            await direct.perform(confused, [])
        assert await direct.perform(other, []) == [2]
    assert await direct.perform(keep, [1]) == [1]
    assert not direct.broken


async def test_what_was_contested_is_asked_again_and_given_up_in_the_end(direct: Direct) -> None:
    attempts = 0

    async def late(tx: Statements, numbers: Sequence[int]) -> list[int]:
        nonlocal attempts
        attempts += 1
        found = await keep(tx, [attempts])
        if attempts < numbers[0]:
            await tx.execute(KEEP, (int8s([attempts]),))
        return found

    assert await direct.perform(late, [3]) == [3]
    attempts = 10
    with pytest.raises(psycopg.errors.UniqueViolation):
        await direct.perform(late, [1_000])
    assert attempts == 10 + ATTEMPTS_MAX
    assert await direct.perform(keep, []) == [3]


async def test_more_than_the_socket_holds_goes_both_ways(direct: Direct) -> None:
    large = [bytes([number]) * 300_000 for number in range(20)]

    async def echo(tx: Statements, _: Sequence[int]) -> list[bytes]:
        asked = [await tx.execute("SELECT * FROM unnest(%s)", (byteas(large),)) for _ in range(3)]
        return [row[0] for one in asked for row in await one.fetchall()]

    assert await direct.perform(echo, []) == large * 3


async def test_a_lane_finds_a_new_connection_and_the_batch_is_answered_once(database: str) -> None:
    seen: list[int] = []

    async def work(tx: Statements, commands: Sequence[int]) -> list[int]:
        [row] = await (await tx.execute("SELECT pg_backend_pid()")).fetchall()
        seen.append(row[0])
        if commands == [2] and seen[0] == row[0]:
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return [command * 10 for command in commands]

    lanes: Lanes[int, int] = Lanes(
        connector(database), work, key=int, accident=lambda *_: -1, busy=lambda _: -2, lanes=1
    )
    lanes.start()
    assert [await lanes.ask(number) for number in (1, 2, 3)] == [10, 20, 30]
    await lanes.stop()
    assert len(seen) == 4
    assert len(set(seen)) == 2


async def test_a_server_that_died_unheard_is_given_up_at_once(direct: Direct, owner: str) -> None:
    async def killed(tx: Statements, numbers: Sequence[int]) -> list[int]:
        [row] = await (await tx.execute("SELECT pg_backend_pid()")).fetchall()
        with psycopg.connect(owner, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [row[0]])
        # Nothing of it was read yet: the loop did not turn.
        return await keep(tx, numbers)

    with pytest.raises(psycopg.OperationalError):
        await direct.perform(killed, [3])

    assert direct.closed
    with pytest.raises(psycopg.OperationalError):
        await direct.perform(keep, [5])
