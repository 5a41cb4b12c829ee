"""A real home location register and a visited network: what our steps do to a phone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tenure.gateways.hlr.server.register import NotReachedError, Register
from tenure.gateways.hlr.translate.steps import (
    Close,
    Create,
    Delete,
    Open,
    SetKeys,
    SetNumber,
    Step,
    TakeNumber,
    next_step,
)
from tenure.gateways.hlr.translate.subscriber import Believed, Milenage, Row, Wanted
from tenure.values.msisdn import Imsi, Msisdn
from tests.peers.osmo import (
    DELETE_DATA,
    INSERT_DATA,
    PLMN_NOT_ALLOWED,
    SEND_AUTH_RESULT,
    UNKNOWN_IN_HLR,
    UPDATE_LOCATION_ERROR,
    UPDATE_LOCATION_RESULT,
    Osmo,
    Visited,
    osmo_hlr,
)

ADA, BOB = Msisdn("85512345678"), Msisdn("85512345679")
OLD, NEW = Imsi("456060000000001"), Imsi("456060000000002")
OLD_KEYS: Final = Milenage(bytes(range(16)), bytes(range(16, 32)))
KEYS: Final = Milenage(bytes(range(32, 48)), bytes(range(48, 64)))
SALE: Final = Wanted(ADA, OLD, OLD_KEYS, open=True)
BARRED: Final = msgspec.structs.replace(SALE, open=False)
CHANGE: Final = Wanted(ADA, NEW, KEYS, open=True, gone=(OLD,))
END: Final = Wanted(ADA, None, None, open=False, gone=(OLD,))

pytestmark = pytest.mark.peer("osmo-hlr")


@pytest.fixture
async def osmo(tmp_path: Path) -> AsyncIterator[Osmo]:
    async with osmo_hlr(tmp_path) as running:
        yield running


@pytest.fixture
async def register(osmo: Osmo) -> AsyncIterator[Register]:
    found = Register(osmo.endpoint)
    yield found
    await found.close()


async def test_a_new_line_is_reached_with_its_number(osmo: Osmo, register: Register) -> None:
    steps = await register.bring(SALE)
    assert [type(step) for step in steps] == [Create, Close, SetKeys, SetNumber, Open]
    assert await register.bring(SALE) == []
    async with Visited(osmo.host).connected() as network:
        assert (await network.vectors(OLD)).type == SEND_AUTH_RESULT
        assert (await network.attach(OLD)).type == UPDATE_LOCATION_RESULT
        assert network.inserted.msisdn == ADA
        refused = await network.attach(NEW)
        assert refused.type == UPDATE_LOCATION_ERROR
        assert refused.cause == UNKNOWN_IN_HLR


async def test_bar_all_reaches_the_phone_at_once(osmo: Osmo, register: Register) -> None:
    await register.bring(SALE)
    async with Visited(osmo.host).connected() as network:
        await network.attach(OLD)
        assert await register.bring(BARRED) == [Close(OLD)]
        assert (await network.next(DELETE_DATA)).imsi == OLD
        refused = await network.attach(OLD)
        assert (refused.type, refused.cause) == (UPDATE_LOCATION_ERROR, PLMN_NOT_ALLOWED)
        assert await register.bring(SALE) == [Open(OLD)]
        assert (await network.attach(OLD)).type == UPDATE_LOCATION_RESULT


async def test_after_a_sim_change_the_old_one_is_unknown(osmo: Osmo, register: Register) -> None:
    await register.bring(SALE)
    async with Visited(osmo.host).connected() as network:
        await network.attach(OLD)
        steps = await register.bring(CHANGE)
        assert [type(step) for step in steps] == [
            Create, Close, SetKeys, Close, TakeNumber, SetNumber, Delete, Open,
        ]  # fmt: skip
        assert (await network.next(DELETE_DATA)).imsi == OLD
        refused = await network.attach(OLD)
        assert (refused.type, refused.cause) == (UPDATE_LOCATION_ERROR, UNKNOWN_IN_HLR)
        assert (await network.attach(NEW)).type == UPDATE_LOCATION_RESULT
        assert network.inserted.msisdn == ADA


async def test_a_new_number_is_told_to_the_network_at_once(osmo: Osmo, register: Register) -> None:
    await register.bring(SALE)
    async with Visited(osmo.host).connected() as network:
        await network.attach(OLD)
        assert await register.bring(Wanted(BOB, OLD, OLD_KEYS, open=True)) == [SetNumber(OLD, BOB)]
        assert (await network.next(INSERT_DATA)).msisdn == BOB


async def test_a_number_that_ends_is_nobodys(register: Register) -> None:
    await register.bring(SALE)
    await register.bring(CHANGE)
    end = Wanted(ADA, None, None, open=False, gone=(OLD, NEW))
    assert await register.bring(end) == [Close(NEW), TakeNumber(NEW), Delete(NEW)]
    assert await register.everybody() == []
    assert await register.bring(end) == []


@pytest.mark.parametrize("kills_osmo", [False, True], ids=["we die", "osmo-hlr dies"])
async def test_killed_between_any_two_steps_it_becomes_right(
    osmo: Osmo, register: Register, *, kills_osmo: bool
) -> None:
    after = 0
    while True:
        await register.bring(Wanted(ADA, None, None, open=False, gone=(OLD, NEW)))
        await register.bring(SALE)
        steps = await some_steps(register, CHANGE, after)
        if kills_osmo:
            await osmo.kill()
            await osmo.start()
        else:
            await register.close()
        again = Register(osmo.endpoint)
        await again.bring(CHANGE)
        assert await again.everybody() == [Row(NEW, ADA, "CSPS")]
        looked = await again.look(CHANGE)
        assert looked.wanted_sim == Believed(NEW, ADA, cs=True, ps=True, keys=KEYS)
        await again.close()
        if len(steps) < after:
            break
        after += 1
    assert after == 9


async def some_steps(register: Register, wanted: Wanted, steps_max: int) -> list[Step]:
    """So many steps, as of a program that is killed after them."""
    taken: list[Step] = []
    while len(taken) < steps_max:
        step = next_step(wanted, await register.look(wanted))
        if step is None:
            break
        await register._take(step)
        taken.append(step)
    return taken


async def test_a_register_that_is_away_is_found_again(osmo: Osmo, register: Register) -> None:
    await register.bring(SALE)
    await osmo.kill()
    with pytest.raises(NotReachedError):
        await register.bring(BARRED)
    await osmo.start()
    assert await register.bring(BARRED) == [Close(OLD)]


async def test_many_changes_at_once_go_one_after_another(register: Register) -> None:
    lines = [
        Wanted(Msisdn(f"8551230{place:04}"), Imsi(f"45606000001{place:04}"), KEYS, open=True)
        for place in range(40)
    ]
    await asyncio.gather(*(register.bring(line) for line in lines))
    rows = await register.everybody()
    assert {(row.imsi, row.msisdn, row.mode) for row in rows} == {
        (line.imsi, line.msisdn, "CSPS") for line in lines
    }


async def test_two_of_us_on_one_register_end_in_the_right_state(
    osmo: Osmo, register: Register
) -> None:
    await register.bring(SALE)
    other = Register(osmo.endpoint)
    await asyncio.gather(register.bring(CHANGE), other.bring(CHANGE))
    await other.close()
    assert await register.everybody() == [Row(NEW, ADA, "CSPS")]


async def test_no_number_or_key_is_in_what_we_log(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await register.bring(SALE)
    await register.bring(CHANGE)
    for secret in (ADA, OLD, NEW, KEYS.key.hex(), KEYS.opc.hex()):
        assert secret not in caplog.text
