"""Lanes: whichever is free takes what waits, and one key is never under way in two of them."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest

from tenure.postgres.connection import connector
from tenure.postgres.lanes import Lanes
from tenure.postgres.transaction import Statements

Command = tuple[str, int]


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_one_key_is_answered_in_its_order_and_by_one_lane_at_a_time(
    database: str, count: int
) -> None:
    under_way: set[str] = set()
    seen: defaultdict[str, list[int]] = defaultdict(list)
    widest = 0

    async def operation(_: Statements, commands: Sequence[Command]) -> list[int]:
        nonlocal widest
        keys = {key for key, _ in commands}
        assert not keys & under_way, "a key is under way twice"
        under_way.update(keys)
        widest = max(widest, len(under_way))
        await asyncio.sleep(0.002)
        for key, number in commands:
            seen[key].append(number)
        under_way.difference_update(keys)
        return [number for _, number in commands]

    lanes: Lanes[Command, int] = Lanes(
        connector(database),
        operation,
        key=lambda command: command[0],
        accident=lambda _, __: -1,
        busy=lambda _: -2,
        lanes=count,
        batch_max=7,
    )
    answers: list[int] = []
    lanes.start()
    for number in range(300):
        lanes.submit((f"key-{number % 11 if number % 3 else 0}", number), answers.append)
        if number % 5 == 0:
            await asyncio.sleep(0)
    await lanes.stop()

    assert sorted(answers) == list(range(300))
    assert all(numbers == sorted(numbers) for numbers in seen.values())
    assert lanes.waiting == 0
    assert count == 1 or widest > 7


async def test_a_command_alone_does_not_wait_for_company(database: str) -> None:
    async def operation(_: Statements, commands: Sequence[Command]) -> list[int]:
        return [len(commands)] * len(commands)

    lanes: Lanes[Command, int] = Lanes(
        connector(database),
        operation,
        key=lambda command: command[0],
        accident=lambda _, __: -1,
        busy=lambda _: -2,
    )
    lanes.start()
    assert [await lanes.ask(("key", number)) for number in range(3)] == [1, 1, 1]
    assert lanes.batches == 3
    await lanes.stop()
