"""How long from a first sale to a line that a phone can use: ``python -m bench.hlr``.

Measured is everything between: the sale in PostgreSQL, its leaf, the checkpoint, the cosignatures
of two witnesses (programs of their own), the judgement of the gateway, and all steps in osmo-hlr.
"""

import argparse
import asyncio
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from bench.ground import now
from tenure.commands import sim_key
from tenure.gateways.hlr.server.register import Register
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.reach import reached
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange, Sell, SimCard, SimKeys, Sold
from tenure.promises.numbers.rules import check_digit
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Person
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.msisdn import Iccid, Imsi, Msisdn
from tests.peers.osmo import UPDATE_LOCATION_RESULT, Osmo, Visited, osmo_hlr

FIRST: Final = 85_515_000_000
TARGET_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 60
PORTS: Final = ("--diameter", "127.0.0.1:13968", "--http", "127.0.0.1:18180",
                "--nchf", "127.0.0.1:18190")  # fmt: skip
TERMS: Final = pack.load("smart-kh").terms


@contextmanager
def tenure_up(data: Path, *more: str) -> Iterator[None]:
    """Tenure, running on this folder until the end of the block."""
    command = [sys.executable, "-m", "tenure.main", "up", "--data", str(data), *PORTS, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b"open:"):
                break
        else:
            sys.exit("tenure up does not open; its log is in the data folder")
        yield
    finally:
        process.terminate()
        process.communicate()


def trust(data: Path) -> None:
    """Write whom the network believes, as a person would after the first start."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (data / "record" / "policy").exists() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    command = [sys.executable, "-m", "tenure.main", "hlr", "trust", "--data", str(data)]
    text = subprocess.run(command, check=True, capture_output=True).stdout
    (data / "network").mkdir(mode=0o700)
    (data / "network" / "trust.toml").write_bytes(text)


def act() -> Act:
    """A clerk sells."""
    return Act("bench", now(), time.time_ns().to_bytes(32))


def card(index: int) -> SimCard:
    """A SIM."""
    iccid = f"8985506{index:011d}"
    keys = SimKeys(f"{index:032x}", "b" * 32, "milenage")
    return SimCard(Iccid(iccid + check_digit(iccid)), Imsi(f"45606{index:010d}"), keys)


async def stock(tx: Transaction, data: Path, count: int) -> None:
    """Numbers, SIMs and a buyer."""
    given = [NumberRange(Msisdn(str(FIRST)), Msisdn(str(FIRST + count)), "ordinary")]
    await numbers.inventory.import_numbers(tx, given, act())
    key = sim_key.read_or_make("bench", None, data, None)
    cards = [card(index) for index in range(count)]
    await numbers.inventory.import_sims(tx, cards, key, lambda size: bytes(range(size)), act())
    document = Document("passport", "N1")
    buyer = Person(1, "Ada", "en", now(), date(1990, 1, 31), document)
    await people.enter_all(tx, [buyer], act())


async def sold(pool: Pool, register: Register, index: int) -> float:
    """Sell a number, and wait until the register serves it; the seconds that it took."""
    msisdn = Msisdn(str(FIRST + index))
    sell = Sell(msisdn, card(index).iccid, 1, 1_000 + index, "prepaid", "en")
    began = time.perf_counter()
    found = await perform(pool, numbers.holding.activate, TERMS, sell, act())
    assert isinstance(found, Sold), found
    until = began + PATIENCE_SECONDS
    while time.perf_counter() < until:
        believed = (await register.believed([msisdn]))[0]
        if believed is not None and believed.open:
            return time.perf_counter() - began
        await asyncio.sleep(LOOK_SECONDS)
    sys.exit("the network was not told within a minute")


def told(name: str, seconds: list[float]) -> None:
    """Percentiles of what was measured."""
    some = sorted(seconds)
    p50, p95, p99 = (some[min(len(some) - 1, len(some) * share // 100)] for share in (50, 95, 99))
    print(f"{name}: {len(some)} sales, p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s,"
          f" max {some[-1]:.2f} s")  # fmt: skip


async def measure(dsn: str, data: Path, osmo: Osmo, count: int) -> bool:
    """Sales one after another, and all at once; whether the target is met."""
    register = Register(osmo.endpoint)
    async with pool_of(dsn, size_min=2, size_max=8) as pool:
        await perform(pool, stock, data, 2 * count + 1)
        await sold(pool, register, 2 * count)  # the witnesses are there once it is proven
        alone = []
        for index in range(count):
            alone.append(await sold(pool, register, index))
            await asyncio.sleep(0.1)
        told("one after another", alone)
        together = await asyncio.gather(
            *(sold(pool, register, index) for index in range(count, 2 * count))
        )
        told(f"{count} at once", together)
        async with Visited(osmo.host).connected() as network:
            for index in (0, count, 2 * count - 1):
                assert (await network.attach(card(index).imsi)).type == UPDATE_LOCATION_RESULT
    await register.close()
    return sorted(alone)[len(alone) * 95 // 100] < TARGET_SECONDS


async def run(folder: Path, count: int) -> bool:
    """The whole benchmark in a folder."""
    data = folder / "data"
    with tenure_up(data):
        trust(data)
    (folder / "osmo").mkdir()
    async with osmo_hlr(folder / "osmo") as osmo:
        with tenure_up(data, "--hlr", str(osmo.endpoint)), reached(data=data, dsn=None) as base:
            return await measure(base.dsn, data, osmo, count)


def main() -> None:
    """Measure, and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="sales of each kind")
    chosen = parser.parse_args()
    if shutil.which("osmo-hlr") is None:
        sys.exit("osmo-hlr is not installed; .ci/run installs it on Debian")
    print(f"Python {platform.python_version()}, osmo-hlr on this machine, two witnesses beside us")
    with tempfile.TemporaryDirectory(prefix="tenure-bench-hlr-") as folder:
        met = asyncio.run(run(Path(folder), chosen.count))
    print(
        f"target: p95 below {TARGET_SECONDS:.0f} s, one after another: {'met' if met else 'MISSED'}"
    )


if __name__ == "__main__":
    main()
