"""Plays simulated years and audits them: ``python -m tests.simulator.years --years 10 --seed 1``.

The same seed, years and people give the same run.  Exits with 1 when a law was broken.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from secrets import randbelow

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, DATABASE, SUPERUSER, Cluster
from tenure.values.instant import Instant
from tests.conftest import furnish
from tests.simulator.years.cast import START
from tests.simulator.years.days import Run

DAYS_A_YEAR = 365
SHOWN = 20


def main() -> int:
    """Play and report; the exit code."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0 draws a new one")
    parser.add_argument("--years", type=float, default=10, help="simulated years")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--faults", type=int, default=30, help="of 1000 asks so many are broken")
    options = parser.parse_args()
    seed = options.seed or 1 + randbelow(1_000_000_000)
    logging.disable(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="tenure-simulator-"))
    folder.chmod(0o711)
    try:
        with Cluster.start(folder, throw_away=True) as cluster:
            owner = cluster.dsn_of(SUPERUSER)
            migrations.migrate(owner, migrations.read(migrations.folder()), at=Instant(START))
            furnish(owner, "smart-kh")
            dsn = cluster.dsn_of(APPLICATION, DATABASE)
            run = Run(dsn, owner, seed, people=options.people, faults=options.faults)
            begun = time.monotonic()
            outcome = asyncio.run(run.play(round(options.years * DAYS_A_YEAR)))
            seconds = time.monotonic() - begun
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{outcome}\n  in {seconds:.0f} s\n")
    for law, count in Counter(one.law for one in outcome.violations).most_common():
        sys.stdout.write(f"BROKEN {count} times: {law}\n")
    for violation in outcome.violations[:SHOWN]:
        sys.stdout.write(f"  {violation.law}: {violation.seen}\n")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
