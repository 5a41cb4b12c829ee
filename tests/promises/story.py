"""Tells a story: every sentence is looked up, done and believed, or the place is named."""

import asyncio

from tenure.postgres.pool import pool_of
from tests.promises import acts, ages, agreeing, claims, measures, prices, sales, sending
from tests.promises.pages import Block, folded
from tests.promises.sentences import SENTENCES
from tests.promises.world import World, WrongExampleError

__all__ = ["acts", "ages", "agreeing", "measures", "prices", "sales", "sending", "tell"]


def tell(block: Block, database: str, owner: str) -> None:
    """Tell one story on an empty database; an AssertionError names the line that is wrong.

    At its end the audit that operators run must find nothing broken, unless the story itself
    tells of somebody who went behind our back.
    """
    asyncio.run(_tell(block, database, owner))


async def _tell(block: Block, database: str, owner: str) -> None:
    async with pool_of(database, size_min=1, size_max=2) as pool:
        world = World(pool, database, owner)
        for line in folded(block):
            try:
                await _do(world, line.text)
            except WrongExampleError as wrong:
                raise AssertionError(f"{block.place(line)}: {line.text!r}: {wrong}") from None
        broken = [] if world.behind_our_back else await claims.broken_checks(world)
        assert not broken, f"{block.place(block.lines[-1])}: the audit finds {broken}"


async def _do(world: World, text: str) -> None:
    for pattern, meaning in SENTENCES.items():
        told = pattern.fullmatch(text)
        if told is not None:
            return await meaning(world, told)
    raise WrongExampleError("no such sentence; docs/promises/README.md lists them")
