"""Offline usage files with persistence: the path of ``tenure charge``, on embedded PostgreSQL.

One process reads, charges and writes rejects; fsync is on.  Prints records a second for a fresh
file, for the same file sent again (a resumed run), latencies of batches, where the time goes, the
memory, and the ratio to ``pgbench -N -M prepared -c 32`` on the same cluster in the same run:

    python bench/files.py --people 1000000 --records 300000
"""

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import resource
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bench import ground
from tenure.commands import collector
from tenure.commands.charge import BATCH_MAX, LANES
from tenure.gateways.files.server import Run, Totals
from tenure.gateways.files.wire import FIELDS
from tenure.postgres.connection import connector
from tenure.postgres.embedded import APPLICATION, Cluster
from tenure.promises.charging import operations as charging
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack
from tenure.values.instant import Instant, iso

PARTS = {
    "read and check lines": ("files/wire.py", "_text"),
    "to a request": ("files/translate.py", "ask_of"),
    "load": ("charging/store.py", "load"),
    "decide": ("charging/rules/__init__.py", "decide"),
    "record purses and entries": ("money/operations.py", "record"),
    "remember answers": ("charging/store.py", "remember"),
}


def write_usage(path: Path, people: int, records: int, seed: int) -> None:
    """A file as a mediation system writes it: calls, messages and data of many people, by time."""
    rng = Random(seed)
    at = ground.now() - 3_600_000
    run = f"{seed}-{ground.now()}"
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(FIELDS) + "\n")
        for number in range(records):
            who = ground.FIRST_MSISDN + rng.randrange(people)
            when = iso(Instant(at + number * 3_000_000 // records))
            kind, six = rng.random(), f"{rng.randrange(10**6):06d}"
            if kind < 0.5:
                rest = f"voice,out,{who},,85512{six},{when},{rng.randrange(600)},,,,,,"
            elif kind < 0.7:
                rest = f"sms,out,{who},,85510{six},{when},,,1,,,,"
            else:
                rest = f"data,,{who},,,{when},,{rng.randrange(50_000_000)},,,100,,"
            out.write(f"{run}-{number},{rest}\n")


async def charge(dsn: str, path: Path, profile: cProfile.Profile | None) -> dict[str, Any]:
    """One run of the file, as the command does it."""
    book = tariffs.compile_book(pack.load("smart-kh"))
    took_ms: list[float] = []

    lanes = charging.lanes(connector(dsn), book, count=LANES, batch_max=BATCH_MAX)
    last = time.perf_counter()

    def after_batch() -> None:
        nonlocal last
        this = time.perf_counter()
        took_ms.append((this - last) * 1_000 * LANES)
        last = this

    def watch(_: Totals) -> None:
        """Nobody watches."""

    lanes.after_batch = after_batch
    lanes.start()
    begun = time.perf_counter()
    cpu, theirs = time.process_time(), of_postgres()
    if profile is not None:
        profile.enable()
    run = Run(lanes.submit, ground.now, watch)
    stopped = await run.charge(path, path.with_name("rejects.csv"))
    if profile is not None:
        profile.disable()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    used = sum(spent - theirs.get(pid, 0.0) for pid, spent in of_postgres().items())
    await lanes.stop()
    assert stopped is None
    took_ms.sort()
    totals = run.totals
    return {
        "records": totals.records,
        "charged": totals.charged,
        "repeated": totals.repeated,
        "rejected": totals.rejected,
        "per_second": round(totals.records / seconds),
        "records_a_batch": round(totals.records / len(took_ms)),
        "batch_p50_ms": round(took_ms[len(took_ms) // 2], 1),
        "batch_p95_ms": round(took_ms[len(took_ms) * 95 // 100], 1),
        "our_cpu_micros_a_record": round(cpu / totals.records * 1e6, 1),
        "postgres_cpu_micros_a_record": round(used / totals.records * 1e6, 1),
    }


def of_postgres() -> dict[int, float]:
    """Seconds of a core that each PostgreSQL process below us has used so far."""
    return {pid: ground.cpu_seconds(pid) for pid in ground.postgres_below(os.getpid())}


def shares(profile: cProfile.Profile) -> dict[str, str]:
    """Where our own time goes, by the profiler (which itself slows everything)."""
    stats = pstats.Stats(profile)
    found: dict[tuple[str, int, str], Any] = stats.stats  # type: ignore[attr-defined]
    total = sum(values[2] for values in found.values())
    parts = {}
    for part, (file, name) in PARTS.items():
        cumulative = sum(
            values[3] for where, values in found.items()
            if where[0].endswith(file) and where[2] == name
        )  # fmt: skip
        parts[part] = f"{100 * cumulative / total:.0f} %"
    return parts


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--seconds", type=int, default=10, help="of pgbench, before and after")
    parser.add_argument("--profile", action="store_true", help="a further run, profiled")
    options = parser.parse_args()
    collector.settle()
    with Cluster.start(ground.folder("cluster")) as cluster, TemporaryDirectory() as folder:
        dsn = cluster.dsn_of(APPLICATION, ground.populate(cluster, options.people))
        path = Path(folder) / "usage.csv"
        write_usage(path, options.people, options.records, 1)
        before = ground.pgbench(cluster, options.seconds)
        fresh = asyncio.run(charge(dsn, path, None))
        again = asyncio.run(charge(dsn, path, None))
        after = ground.pgbench(cluster, options.seconds)
        told = {
            "people": options.people,
            "pgbench_tps": [round(before), round(after)],
            "fresh": fresh,
            "ratio_to_pgbench": round(fresh["per_second"] / ((before + after) / 2), 2),
            "sent_again": again,
            "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000),
        }
        if options.profile:
            profile = cProfile.Profile()
            write_usage(path, options.people, options.records // 3, 2)
            asyncio.run(charge(dsn, path, profile))
            told["profile"] = shares(profile)
        print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
