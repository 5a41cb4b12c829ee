"""Whole Gy sessions over loopback Diameter against one server process and the embedded PostgreSQL.

Prints requests a second at saturation, latencies at half of that, the hot purse, the memory of the
server, and the ratio to ``pgbench -N -M prepared -c 32`` on the same cluster in the same run:

    python bench/gy.py --people 1000000 --seconds 20
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import uvloop

from bench import ground
from tenure.commands import collector
from tenure.gateways.diameter.server.listener import Endpoint, Server, settings_for
from tenure.postgres.connection import connector
from tenure.postgres.embedded import APPLICATION, Cluster
from tenure.promises.charging import operations as charging
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack

CLIENT = Path(__file__).with_name("gy_client.py")


async def serve(dsn: str, lanes_count: int, batch_max: int) -> None:
    """One server process: the gateway, its lanes, nothing else; prints its port."""
    book = tariffs.compile_book(pack.load("smart-kh"))

    lanes = charging.lanes(connector(dsn), book, count=lanes_count, batch_max=batch_max)
    lanes.start()
    peers = ("bench.example.net",)
    settings = settings_for(book.terms, [Endpoint("127.0.0.1", 0)], ground.now(), peers=peers)
    server = Server(settings, lanes, ground.now)
    await server.start()
    collector.settle()
    print(server.ports[0], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(f"{lanes.commands / max(lanes.batches, 1):.1f} asks a batch", file=sys.stderr)
    await server.stop()
    await lanes.stop()


def drive(port: int, options: list[str]) -> dict[str, Any]:
    """One run of the client."""
    command = [sys.executable, str(CLIENT), "--port", str(port), *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(said)
    return result


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--outstanding", type=int, default=512)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.install()
        asyncio.run(serve(options.serve, options.lanes, options.batch))
        return
    with Cluster.start(ground.folder("cluster")) as cluster:
        measure(cluster, options)


def measure(cluster: Cluster, options: argparse.Namespace) -> None:
    """The runs, one after the other, pgbench before and after."""
    name = ground.populate(cluster, options.people)
    dsn = cluster.dsn_of(APPLICATION, name)
    before = ground.pgbench(cluster, options.seconds)
    command = [sys.executable, "-m", "bench.gy", "--serve", dsn, "--lanes", str(options.lanes)]
    server = subprocess.Popen(
        [*command, "--batch", str(options.batch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ground.SOURCES}:{CLIENT.parents[1]}"},
    )
    assert server.stdout is not None
    port = int(server.stdout.readline())
    population = ["--first", str(ground.FIRST_MSISDN), "--count", str(options.people)]
    seconds = ["--seconds", str(options.seconds)]
    used = ground.cpu_seconds(server.pid)
    many = ["--outstanding", str(options.outstanding)]
    full = drive(port, [*population, *seconds, *many])
    cpu = ground.cpu_seconds(server.pid) - used
    half = drive(port, [*population, *seconds, "--rate", str(full["per_second"] / 2)])
    one = ["--first", str(ground.FIRST_MSISDN + 7), "--count", "1"]
    hot = drive(port, [*one, *seconds, "--outstanding", "64"])
    memory_mb = ground.memory_octets(server.pid) / 1e6
    assert server.stdin is not None
    server.stdin.close()
    server.wait(20)
    after = ground.pgbench(cluster, options.seconds)
    reference = (before + after) / 2
    print(json.dumps({
        "people": options.people,
        "pgbench_tps": [round(before), round(after)],
        "saturation": full,
        "ratio_to_pgbench": round(full["per_second"] / reference, 2),
        "server_cpu_micros_per_request": round(cpu / full["requests"] * 1e6, 1),
        "half_load": half,
        "hot_purse": hot,
        "server_memory_mb": round(memory_mb),
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
