"""How long a phone waits for a screen: ``python -m bench.ussd``.

Measured is from the GSUP message that an emulated switching centre sends to osmo-hlr until the
screen is back there: osmo-hlr twice, our entity, and a transaction of PostgreSQL with its commit.
Phones, switching centre and our gateway are one process; osmo-hlr and PostgreSQL are others.
"""

import argparse
import asyncio
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from bench import ground
from tenure.gateways.ussd.server import Engine
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Change
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange
from tenure.promises.people import operations as people
from tenure.selfcare import operations as selfcare
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Imsi
from tests.conftest import furnish
from tests.numbers.stocked import KEY as SIM_KEY
from tests.numbers.stocked import act as staff_act
from tests.numbers.stocked import card, msisdn, person, sell
from tests.peers.osmo import osmo_hlr
from tests.peers.ussd import ROUTES, Phones, entity
from tests.selfcare.given import KEY

PEOPLE: Final = 100_000
PHONES: Final = 16
SIMS: Final = 9_000_000
"""The first SIM that the population has not."""
TARGET_SECONDS: Final = 0.020
WARM: Final = 20
EACH: Final = 400
"""Answers of each kind."""


async def sold(pool: Pool, people_there: int) -> list[Imsi]:
    """Some numbers that somebody holds, with money on them, beside the population."""
    terms = pack.load("smart-kh").terms
    cards = [card(SIMS + index) for index in range(PHONES)]
    given = [NumberRange(msisdn(0), msisdn(PHONES), "ordinary")]
    await perform(pool, numbers.inventory.import_numbers, given, staff_act())
    await perform(pool, numbers.inventory.import_sims, cards, SIM_KEY, bytes, staff_act())
    await perform(pool, people.enter_all, [person(1)], staff_act())
    for index, sim in enumerate(cards):
        purse_id = people_there + 1 + index
        asked = sell(index, purse_id=purse_id, iccid=sim.iccid)
        await perform(pool, numbers.holding.activate, terms, asked, staff_act())
        await perform(pool, _fill, purse_id)
    return [sim.imsi for sim in cards]


async def _fill(tx: Transaction, purse_id: int) -> None:
    purse = (await money.purses(tx, [purse_id]))[purse_id]
    filled = msgspec.structs.replace(
        purse, funds_micros=5_000_000, funds_end=Instant(ground.now() + 90 * DAY_MS)
    )
    await money.record(tx, [Change(filled, ())])


async def seen(phones: Phones, imsi: Imsi, code: str, wanted: str) -> None:
    """Dial, and see that the screen is the one that is measured."""
    _, screen = await phones.dial(imsi, code)
    assert wanted in screen.text, screen


async def timed(one: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """How long each of so many takes, one after the other."""
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        await one()
        seconds.append(time.perf_counter() - began)
    return seconds


def told(what: str, seconds: list[float]) -> float:
    """Print the percentiles; p95 in seconds."""
    ascending = sorted(seconds)
    p50, p95, p99 = (ascending[len(ascending) * percent // 100] for percent in (50, 95, 99))
    each = " ".join(f"{name} {value * 1_000:.1f}" for name, value in
                    (("p50", p50), ("p95", p95), ("p99", p99)))  # fmt: skip
    print(f"{what:42} {each} ms ({len(seconds)} screens, load {os.getloadavg()[0]:.1f})")
    return p95


async def measured(phones: Phones, imsis: list[Imsi]) -> float:
    """All kinds of dialogue; p95 of the worst that is under the target's conditions."""
    first = imsis[0]
    await timed(lambda: seen(phones, first, "*887#", "$5.00"), WARM)
    busy = time.process_time()
    balance = await timed(lambda: seen(phones, first, "*887#", "$5.00"), EACH)
    busy = (time.process_time() - busy) / EACH
    print(f"processor time of a balance, phone and gateway together: {busy * 1_000:.1f} ms")
    menu: list[float] = []
    for _ in range(EACH // 4):
        began = time.perf_counter()
        session, _ = await phones.dial(first, "*888#")
        menu.append(time.perf_counter() - began)
        for said in ("3", "0", "1"):
            began = time.perf_counter()
            await phones.answer(first, session, said)
            menu.append(time.perf_counter() - began)
    ending = await timed(lambda: seen(phones, first, "*1204#", "Smart"), EACH // 2)
    balances = (partial(seen, phones, imsi, "*887#", "$5.00") for imsi in imsis)
    several = await asyncio.gather(*(timed(one, EACH // 4) for one in balances))
    worst = max(
        told("balance, one phone", balance),
        told("a menu of four screens, one phone", menu),
        told("advertising ended (locks, writes), one", ending),
    )
    told(f"balance, {len(imsis)} phones at once", [one for each in several for one in each])
    return worst


async def run(cluster: Cluster, folder: Path, people: int) -> float:
    """Measure on a population; p95 in seconds."""
    name = ground.populate(cluster, people)
    furnish(cluster.dsn_of(SUPERUSER, name), "smart-kh")
    async with pool_of(cluster.dsn_of(APPLICATION, name), size_min=2, size_max=8) as pool:
        imsis = await sold(pool, people)
        desk = selfcare.desk(pack.load("smart-kh"), KEY)
        engine = Engine(pool, desk, ground.now)
        async with (
            osmo_hlr(folder, ROUTES) as osmo,
            entity(engine, osmo.host),
            Phones(osmo.host).connected() as phones,
        ):
            return await measured(phones, imsis)


def main() -> None:
    """Measure, and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="subscribers beside the phones")
    chosen = parser.parse_args()
    if shutil.which("osmo-hlr") is None:
        sys.exit("osmo-hlr is not installed; .ci/run installs it on Debian")
    print(f"Python {platform.python_version()}, {chosen.people:,} subscribers, osmo-hlr beside us")
    with tempfile.TemporaryDirectory(prefix="tenure-bench-ussd-") as folder:
        Path(folder).chmod(0o711)
        with Cluster.start(Path(folder) / "data", throw_away=False) as cluster:
            p95 = asyncio.run(run(cluster, Path(folder), chosen.people))
    verdict = "met" if p95 < TARGET_SECONDS else "MISSED"
    print(f"target: p95 below {TARGET_SECONDS * 1_000:.0f} ms, one phone: {verdict}")


if __name__ == "__main__":
    main()
