"""The whole program: tenure up, its witnesses, osmo-hlr, and the commands that look at them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tenure.commands import sim_key
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.reach import reached
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange, Sold
from tenure.promises.people import operations as people
from tenure.values.instant import Instant
from tests.numbers.stocked import AT, KH, act, card, msisdn, person, sell
from tests.peers.osmo import UPDATE_LOCATION_RESULT, Visited, osmo_hlr
from tests.peers.test_diameter_peers import free_port

NUMBER: Final = str(msisdn(0))
SECONDS_MAX: Final = 90


async def tenure(*words: str) -> tuple[int, str, str]:
    """What a command answers: its exit code, what it says, and what it complains of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tenure.main", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, error = await process.communicate()
    return process.returncode or 0, out.decode(), error.decode()


@asynccontextmanager
async def tenure_up(data: Path, *more: str) -> AsyncIterator[None]:
    """Tenure, running on this folder."""
    ports = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tenure.main", "up", "--data", str(data), "--diameter", ports[0],
        "--http", ports[1], "--nchf", ports[2], *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS_MAX):
            while b"open: " not in (line := await process.stdout.readline()):
                assert line, "tenure up has ended"
        yield
    finally:
        process.terminate()
        await process.communicate()


async def sale(tx: Transaction, data: Path) -> object:
    """Stock, a buyer, and a first sale."""
    given = [NumberRange(msisdn(0), msisdn(9), "ordinary")]
    await numbers.inventory.import_numbers(tx, given, act())
    key = sim_key.read_or_make("test", None, data, None)
    await numbers.inventory.import_sims(tx, [card(0)], key, bytes, act())
    await people.enter_all(tx, [person(1)], act())
    return await numbers.holding.activate(tx, KH, sell(), act(at=Instant(AT + 1)))


@pytest.mark.peer("osmo-hlr")
async def test_a_sale_reaches_a_phone_and_the_commands_say_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with tenure_up(data):
        async with asyncio.timeout(SECONDS_MAX):
            while not (data / "record" / "policy").exists():  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.1)
        code, trust, complaint = await tenure("hlr", "trust", "--data", str(data))
        assert code == 0, complaint
    (tmp_path / "osmo").mkdir()
    async with osmo_hlr(tmp_path / "osmo") as osmo:
        network = ("--hlr", str(osmo.endpoint))
        code, _, complaint = await tenure("up", "--data", str(data), *network)
        assert code == 1
        assert "tenure hlr trust" in complaint
        (data / "network").mkdir(mode=0o700)
        (data / "network" / "trust.toml").write_text(trust)
        async with tenure_up(data, *network):
            with reached(data=data, dsn=None) as base:
                async with pool_of(base.dsn, size_min=1, size_max=2) as pool:
                    assert isinstance(await perform(pool, sale, data), Sold)
                    await until_told(pool)
            where = (*network, "--data", str(data))
            async with Visited(osmo.host).connected() as visited:
                assert (await visited.attach(card(0).imsi)).type == UPDATE_LOCATION_RESULT
            assert await told("hlr", "tasks", "--data", str(data)) == []
            shown = await told("hlr", "show", f"+{NUMBER}", *where)
            state = {"sim": str(card(0).imsi), "closed": False}
            assert shown == {
                "number": NUMBER, "difference": "NONE",
                "proven": state, "tables": state, "network": state,
            }  # fmt: skip
            assert await told("hlr", "reconcile", *where) == {"differences": [], "put_right": 0}
            assert await told("hlr", "adopt", *where) == {"new": 0, "known": 0, "unreached": 0}
    code, _, complaint = await tenure("hlr", "reconcile", *where)
    assert code == 1
    assert "the register at" in complaint
    assert "nobody answers" in complaint


async def told(*words: str) -> Any:
    """What a command tells a program."""
    code, out, complaint = await tenure(*words, "--json")
    assert code == 0, complaint
    return json.loads(out)


async def until_told(pool: Pool) -> None:
    """Wait until no task waits."""
    async with asyncio.timeout(SECONDS_MAX):
        while await perform(pool, numbers.network.waiting):  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.1)


async def test_a_register_is_named_rightly_or_not_at_all(tmp_path: Path) -> None:
    for wrong in ("127.0.0.1", "127.0.0.1:4259", "127.0.0.1:4259:0", "127.0.0.1:a:b", ":1:2"):
        code, _, complaint = await tenure("up", "--data", str(tmp_path / "data"), "--hlr", wrong)
        assert code == 1
        assert "write HOST:CTRLPORT:VTYPORT" in complaint
