"""From a promise to a phone: what is proven reaches the network, and nothing else does."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, LiteralString

import psycopg
import pytest

from tenure.gateways.hlr.server.reconciling import differences, put_right
from tenure.gateways.hlr.translate.comparing import Difference
from tenure.gateways.hlr.translate.subscriber import Row, Wanted
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import ReportFound, ReportLost, Suspend
from tenure.promises.numbers.model.requests import Kind, Party
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.msisdn import Imsi
from tenure.values.refused import Refused
from tests.numbers.asked import (
    LATER,
    OLD,
    approved,
    asked,
    by_passkey,
    complete,
    consented,
    effect,
    later,
    populated,
    wanted,
)
from tests.numbers.stocked import AT, KH, act, card, msisdn
from tests.peers.gate import Gate, gate
from tests.peers.osmo import (
    DELETE_DATA,
    UNKNOWN_IN_HLR,
    UPDATE_LOCATION_ERROR,
    UPDATE_LOCATION_RESULT,
    Visited,
)

NUMBER, FIRST, SECOND = msisdn(0), card(0).imsi, card(9).imsi

pytestmark = pytest.mark.peer("osmo-hlr")


@pytest.fixture
async def sold(pool: Pool, tmp_path: Path) -> AsyncIterator[Gate]:
    """A number that was sold, and that the network knows of."""
    await populated(pool)
    async with gate(pool, tmp_path) as found:
        await found.works(AT)
        yield found


async def rows(found: Gate) -> list[tuple[str, str | None, str]]:
    return [(row.imsi, row.msisdn, row.mode) for row in await found.register.everybody()]


async def test_a_sale_waits_for_its_witnesses_and_then_reaches_the_phone(
    pool: Pool, tmp_path: Path
) -> None:
    await populated(pool)
    async with gate(pool, tmp_path) as found:
        await found.gateway.work()
        assert await rows(found) == []
        assert await found.problems() == [None]
        await found.works(AT)
        assert await rows(found) == [(FIRST, NUMBER, "CSPS")]
        assert await found.problems() == []
        async with Visited(found.osmo.host).connected() as network:
            assert (await network.attach(FIRST)).type == UPDATE_LOCATION_RESULT
            assert network.inserted.msisdn == NUMBER


async def test_a_loss_cuts_the_phone_off_and_a_find_lets_it_back(sold: Gate) -> None:
    async with Visited(sold.osmo.host).connected() as network:
        await network.attach(FIRST)
        await perform(sold.pool, numbers.change, NUMBER, ReportLost(), act("<holder>", LATER))
        await sold.works(LATER)
        assert (await network.next(DELETE_DATA)).imsi == FIRST
        assert (await network.attach(FIRST)).type == UPDATE_LOCATION_ERROR
        await perform(sold.pool, numbers.change, NUMBER, ReportFound(), act("<holder>", LATER))
        await sold.works(later(1))
        assert (await network.attach(FIRST)).type == UPDATE_LOCATION_RESULT


async def test_a_transfer_with_everything_moves_the_number(sold: Gate) -> None:
    await sold.published(Instant(AT + HOUR_MS))
    made = await asked(sold.pool, wanted(iccid=str(card(9).iccid)))
    await sold.published(LATER)
    await approved(sold.pool, await consented(sold.pool, made))
    assert not isinstance(await effect(sold.pool, 1, later(days=1)), Refused)
    await sold.works(later(days=1))
    assert await sold.problems() == []
    async with Visited(sold.osmo.host).connected() as network:
        refused = await network.attach(FIRST)
        assert (refused.type, refused.cause) == (UPDATE_LOCATION_ERROR, UNKNOWN_IN_HLR)
        assert (await network.attach(SECOND)).type == UPDATE_LOCATION_RESULT
        assert network.inserted.msisdn == NUMBER


async def test_a_new_sim_of_a_lost_phone_works_and_the_old_one_never_again(sold: Gate) -> None:
    await perform(sold.pool, numbers.change, NUMBER, ReportLost(), act("<holder>", LATER))
    await sold.works(LATER)
    made = await asked(sold.pool, wanted(kind=Kind.SIM))
    made = await consented(sold.pool, made, (Party.FROM, OLD))
    await approved(sold.pool, made, "vanna")
    assert not isinstance(await effect(sold.pool, 1, later(1)), Refused)
    await sold.works(later(1))
    assert await sold.problems() == []
    assert await rows(sold) == [(SECOND, NUMBER, "CSPS")]


async def test_a_clock_set_forward_moves_nothing(sold: Gate, owner: str) -> None:
    """Our clock says that a day is over; the witnesses saw an hour."""
    made = await asked(sold.pool, wanted(iccid=str(card(9).iccid)))
    await sold.published(LATER)
    await approved(sold.pool, await consented(sold.pool, made))
    assert not isinstance(await effect(sold.pool, 1, later(days=1)), Refused)
    await sold.works(later(days=1), seen_at=Instant(LATER + HOUR_MS))
    assert await sold.problems() == ["TOO_EARLY"]
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS")]
    assert alarms(owner) == 1
    # It is never tried with a later checkpoint, which would say less about since when.
    await sold.works(later(days=3))
    assert await sold.problems() == ["TOO_EARLY"]


def alarms(owner: str) -> int:
    """How often the holder was told of an attempt."""
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT count(*) FROM notices.notice WHERE kind = 'security.attempt'"
            " AND person_id = %s",
            [OLD],
        ).fetchone()
    assert row is not None
    return int(row[0])


def as_superuser(owner: str, *statements: LiteralString) -> None:
    """What somebody with the database in their hands does, triggers disabled."""
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement, [NUMBER])


EDIT: Final = (
    "UPDATE numbers.binding SET imsi = '456060009999999' WHERE msisdn = %s",
    "UPDATE numbers.line SET imsi = '456060009999999' WHERE msisdn = %s",
)
AGAIN: Final = """
    INSERT INTO numbers.provisioning (msisdn, leaf_seq, asked_at)
    SELECT msisdn, leaf_seq, now() FROM numbers.provisioning WHERE msisdn = %s
    ORDER BY task_id LIMIT 1
"""


async def test_edited_rows_change_nothing_in_the_network(sold: Gate, owner: str) -> None:
    as_superuser(owner, *EDIT, AGAIN)
    await sold.works(LATER)
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS")]


async def test_an_old_leaf_shown_again_brings_back_no_old_sim(sold: Gate, owner: str) -> None:
    await complete(sold.pool, wanted(iccid=str(card(9).iccid)))
    await sold.published(LATER)
    await effect(sold.pool, 1, later(days=1))
    await sold.works(later(days=1))
    assert await rows(sold) == [(SECOND, NUMBER, "CSPS")]
    as_superuser(owner, AGAIN)
    await sold.works(later(days=2))
    assert await rows(sold) == [(SECOND, NUMBER, "CSPS")]
    assert sold.gateway.tally.overtaken == 1


async def test_a_sale_written_behind_everybodys_back_is_doubted(sold: Gate, owner: str) -> None:
    """The thief writes a proper leaf, which the log takes in and the witnesses cosign."""
    thief = act("<thief>", LATER)
    about = {"msisdn": str(NUMBER), "holder": "3", "iccid": "8985506000000000161",
             "imsi": card(16).imsi}  # fmt: skip
    await perform(sold.pool, forged, thief, about)
    await sold.works(LATER)
    assert await sold.problems() == ["HELD"]
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS")]
    assert alarms(owner) == 1


async def forged(
    tx: object,
    thief: object,
    about: dict[str, str],
    kind: str = "numbers.activated",
    said: Mapping[str, str] = MappingProxyType({"opened_as": "first-sale"}),
) -> None:
    """A leaf and a task, as the application role can write them."""
    from tenure.promises.numbers.store import lifecycle as store  # noqa: PLC0415 -- a thief's way
    from tenure.promises.record import operations as record  # noqa: PLC0415 -- a thief's way

    seq = await record.append(tx, thief, kind, said, about)  # type: ignore[arg-type]
    await store.ask_network(tx, [about["msisdn"]], [seq], LATER)  # type: ignore[arg-type]


async def test_a_lost_memory_is_no_way_in(sold: Gate, tmp_path: Path) -> None:
    """Without its memory the network asks the register who is reached, and refuses what it must."""
    sold.memory.close()
    sold.gateway.memory = sold.memory = type(sold.memory)(tmp_path / "network" / "other.db")
    await complete(sold.pool, wanted(iccid=str(card(9).iccid)))
    await sold.published(LATER)
    await effect(sold.pool, 1, later(days=1))
    await sold.works(later(days=1))
    assert await sold.problems() == ["OTHER_HOLDER"]
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS")]


async def test_a_suspension_survives_that_the_register_is_away(sold: Gate) -> None:
    await sold.osmo.kill()
    await perform(sold.pool, numbers.change, NUMBER, Suspend(), act("sok", LATER))
    await sold.works(LATER)
    assert await sold.problems() == [None]
    await sold.osmo.start()
    await sold.gateway.work()
    assert await sold.problems() == []
    assert [Row(FIRST, NUMBER, "")] == await sold.register.everybody()


async def test_what_was_edited_in_the_network_is_put_right_and_the_tables_are_not_followed(
    sold: Gate, owner: str
) -> None:
    stranger = "456060009999999"
    tampered = Wanted(NUMBER, Imsi(stranger), None, open=True)
    await sold.register.bring(tampered)
    as_superuser(owner, EDIT[1])
    found = await differences(sold.gateway)
    assert [one.difference for one in found] == [Difference.NETWORK_DIFFERS]
    assert await put_right(sold.gateway, found) == 1
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS"), (stranger, None, "")]
    found = await differences(sold.gateway)
    assert [one.difference for one in found] == [Difference.TABLES_DIFFER]
    assert await put_right(sold.gateway, found) == 0
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS"), (stranger, None, "")]


async def test_what_was_interrupted_is_finished_by_the_next_leaf(sold: Gate) -> None:
    """The register dies before a SIM change; the new SIM is lost before it comes back."""
    made = await asked(sold.pool, wanted(kind=Kind.SIM))
    await approved(sold.pool, await consented(sold.pool, made, (Party.FROM, OLD)), "vanna")
    await effect(sold.pool, 1, later(1))
    await sold.osmo.kill()
    await sold.works(later(1))
    await perform(sold.pool, numbers.change, NUMBER, ReportLost(), act("<holder>", later(2)))
    await sold.works(later(2))
    assert await sold.problems() == [None, None]
    await sold.osmo.start()
    await sold.gateway.work()
    assert await sold.problems() == []
    assert await rows(sold) == [(SECOND, NUMBER, "")]


async def test_what_the_holder_stopped_never_reaches_the_network(sold: Gate) -> None:
    """All have signed, the holder stops it, and somebody writes the effect all the same."""
    made = await complete(sold.pool, wanted(iccid=str(card(9).iccid)))
    await sold.published(LATER)
    stop = by_passkey(OLD, numbers.requests.stop_hash_of(made.request_hash))
    request, holder = made.request, act("<holder>", later(1))
    await perform(sold.pool, numbers.requests.stop, KH, request.request_id, holder, proof=stop)
    await sold.works(later(1))
    assert await sold.problems() == []
    said = {"kind": "transfer", "request_hash": made.request_hash.hex()}
    about = {"msisdn": str(NUMBER), "request": request.request_id, "from": "1", "to": "2",
             "iccid": str(card(9).iccid), "imsi": SECOND}  # fmt: skip
    thief = act("<thief>", later(days=2))
    await perform(sold.pool, forged, thief, about, "numbers.transferred", said)
    await sold.works(later(days=2))
    assert await sold.problems() == ["ENDED"]
    assert await rows(sold) == [(FIRST, NUMBER, "CSPS")]
