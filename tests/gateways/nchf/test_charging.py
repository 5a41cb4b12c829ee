"""A full session over a real socket, charged by real lanes to a real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tenure.gateways.nchf.server import Server, Settings
from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.money.model import Entry, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.msisdn import Imsi, Msisdn
from tests.gateways.nchf.consumer import Consumer, used
from tests.gateways.nchf.rating import IMSI, MSISDN

MB = 1 << 20
FUNDS = 1_000_000
SINCE = parse_instant("2026-11-01T00:00:00+07:00")
NOON = parse_instant("2026-11-20T12:00:00+07:00")


@pytest.fixture
async def subscriber(pool: Pool) -> None:
    """One line with a dollar."""
    line = Line(
        Msisdn(MSISDN),
        Imsi(IMSI),
        1,
        "prepaid",
        "en",
        bar_outgoing=False,
        bar_incoming=False,
        suspended=False,
        lost_at=None,
        postpaid=False,
    )
    purse = Purse(1, 0, 0, FUNDS, Instant(NOON + 300 * DAY_MS), 0, 0, (), b"\x92\x90\x90")

    async def opened(tx: Transaction) -> None:
        await money.open_purses(tx, [purse])
        await money.open_months(tx, NOON)
        await numbers.open_lines(tx, [NewLine(line, SINCE)], Act("<test>", NOON, bytes(32)))

    await perform(pool, opened)


@pytest.fixture
async def charged(
    database: str,
    subscriber: None,  # noqa: ARG001
    settings: Settings,
) -> AsyncIterator[Consumer]:
    """A consumer of a gateway with charging behind it."""
    book = tariffs.compile_book(pack.load("smart-kh"))

    lanes = charging.lanes(connector(database), book)
    lanes.start()
    server = Server(settings, lanes, lambda: NOON)
    await server.start()
    asking = Consumer(settings.port)
    yield asking
    await asking.http.aclose()
    await server.stop()
    await lanes.stop()


async def state(pool: Pool) -> tuple[Purse, list[Entry]]:
    found = await perform(pool, money.purses, [1])
    return found[1], await perform(pool, money.entries, 1, 100)


async def test_a_data_session_to_the_exact_millionth(charged: Consumer, pool: Pool) -> None:
    created = await charged.create(multipleUnitUsage=[
        {"ratingGroup": 1, "requestedUnit": {"totalVolume": 5 * MB}}])  # fmt: skip
    assert created.status_code == 201, created.text
    granted = created.json()["multipleUnitInformation"][0]
    assert granted["grantedUnit"] == {"totalVolume": 5 * MB}
    location = created.headers["location"]
    for number in (1, 2, 3):
        updated = await charged.update(
            location, number=number, second=number, multipleUnitUsage=used(5 * MB, 5 * MB)
        )
        assert updated.status_code == 200, updated.text
        repeated = await charged.update(
            location, number=number, second=number, multipleUnitUsage=used(5 * MB, 5 * MB)
        )
        assert (
            repeated.json()["multipleUnitInformation"]
            == (updated.json()["multipleUnitInformation"])
        )
    released = await charged.release(location, number=4, second=4, multipleUnitUsage=used(MB, None))
    assert released.status_code == 204
    again = await charged.release(location, number=4, second=4, multipleUnitUsage=used(MB, None))
    assert again.status_code == 204
    purse, entries = await state(pool)
    # 16 MB at 0.008 a MB.
    assert purse.funds_micros == FUNDS - 128_000
    assert sum(entry.funds_micros for entry in entries) == -128_000
    assert {entry.reference.partition("-")[0] for entry in entries} == {"nchf"}


async def test_a_repeated_create_holds_nothing_twice(charged: Consumer, pool: Pool) -> None:
    first = await charged.create()
    second = await charged.create(retransmissionIndicator=True, second=2)
    assert first.headers["location"] == second.headers["location"]
    sessions = await perform(pool, charging.sessions_of, 1, Instant(NOON + 60_000))
    assert len(sessions) == 1
    assert sessions[0].peer == "http://127.0.0.1:1/notify_1"


async def test_a_message_is_debited_once(charged: Consumer, pool: Pool) -> None:
    event: dict[str, Any] = {
        "oneTimeEvent": True,
        "oneTimeEventType": "IEC",
        "nfConsumerIdentification": {"nodeFunctionality": "SMSF"},
        "pDUSessionChargingInformation": None,
        "multipleUnitUsage": None,
        "sMSChargingInformation": {"recipientInfo": [{"recipientGPSI": "msisdn-85512999888"}]},
    }
    for _ in range(3):
        assert (await charged.create(**event)).status_code == 201
    _, entries = await state(pool)
    assert len(entries) == 1
    assert entries[0].funds_micros < 0


async def test_an_empty_purse_is_told_so(charged: Consumer, pool: Pool) -> None:
    volume = [{"ratingGroup": 1, "requestedUnit": {"totalVolume": 1 << 40}}]
    first = await charged.create(multipleUnitUsage=volume)
    location = first.headers["location"]
    granted = first.json()["multipleUnitInformation"][0]["grantedUnit"]["totalVolume"]
    update = 0
    while True:
        update += 1
        response = await charged.update(
            location, number=update, second=update, multipleUnitUsage=used(granted, 1 << 40)
        )
        group = response.json()["multipleUnitInformation"][0]
        if group["resultCode"] != "SUCCESS":
            break
        granted = group["grantedUnit"]["totalVolume"]
    assert group["resultCode"] == "QUOTA_LIMIT_REACHED"
    purse, _ = await state(pool)
    assert 0 <= purse.funds_micros < 8_000
    empty = await charged.create(second=59, multipleUnitUsage=volume)
    assert empty.status_code in {201, 403}


@pytest.mark.parametrize(
    ("change", "status", "cause"),
    [
        ({"subscriberIdentifier": "imsi-456069999999999"}, 404, "USER_UNKNOWN"),
        (
            {"multipleUnitUsage": [{"ratingGroup": 4_000_000_000, "requestedUnit": {}}]},
            400,
            "CHARGING_FAILED",
        ),
        (
            {"multipleUnitUsage": [{"ratingGroup": 1, "requestedUnit": {"time": 60}}]},
            400,
            "OPTIONAL_IE_INCORRECT",
        ),
    ],
)
async def test_what_charging_refuses(
    charged: Consumer, pool: Pool, change: dict[str, Any], status: int, cause: str
) -> None:
    response = await charged.create(**change)
    assert (response.status_code, response.json()["cause"]) == (status, cause), response.text
    purse, entries = await state(pool)
    assert (purse.funds_micros, entries) == (FUNDS, [])


@pytest.mark.parametrize(
    "stamp", ["0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2001-01-01T00:00:00-12:00"]
)
async def test_a_past_event_from_before_any_price_is_refused(
    charged: Consumer, pool: Pool, stamp: str
) -> None:
    event: dict[str, Any] = {
        "oneTimeEvent": True,
        "oneTimeEventType": "PEC",
        "invocationTimeStamp": stamp,
        "multipleUnitUsage": used(MB, None),
    }
    response = await charged.create(**event)
    assert (response.status_code, response.json()["cause"]) == (400, "CHARGING_FAILED")
    purse, entries = await state(pool)
    assert (purse.funds_micros, entries) == (FUNDS, [])


async def test_a_past_event_of_the_future_is_charged_now(charged: Consumer, pool: Pool) -> None:
    event: dict[str, Any] = {
        "oneTimeEvent": True,
        "oneTimeEventType": "PEC",
        "invocationTimeStamp": "9999-12-31T23:59:59-23:59",
        "multipleUnitUsage": used(MB, None),
    }
    assert (await charged.create(**event)).status_code == 201
    purse, entries = await state(pool)
    assert purse.funds_micros < FUNDS
    assert len(entries) == 1
