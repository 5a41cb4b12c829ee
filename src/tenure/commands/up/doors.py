"""The watch at the doors of the store: what PostgreSQL refuses is an attempt, and is told.

A refused statement leaves nothing in the database.  The embedded server says in its log that it
refused something to a session; which number it was about is known if the session is still there and
named one, and not otherwise: then the reviewers are told, and nobody else.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from tenure.commands.connect import act_of
from tenure.postgres import denials
from tenure.postgres.denials import Denial, Denials
from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.values.instant import MINUTE_MS, Instant

log = logging.getLogger(__name__)

BY: Final = "<store>"
LOOK_SECONDS: Final = 0.2
KEPT_A_MINUTE_MAX: Final = 20
"""Who tries without end fills neither the record nor anybody's phone."""


async def watch(cluster: Cluster, pool: Pool, now: Callable[[], Instant]) -> None:
    """Keep and tell what is refused, until cancelled; a failure is logged."""
    found = Denials(cluster.home / "postgres.log")
    minute, kept = 0, 0
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        fresh = list(dict.fromkeys(found.read()))
        if fresh and now() // MINUTE_MS != minute:
            minute, kept = now() // MINUTE_MS, 0
        some = fresh[: KEPT_A_MINUTE_MAX - kept]
        kept += len(some)
        if len(some) < len(fresh):
            log.error("the store refused %d times more than is kept", len(fresh) - len(some))
        for denial in some:
            log.error("the store refused %s to %s: %s", denial.code, denial.role, denial.words)
            with contextlib.suppress(ConnectionError):
                try:
                    await perform(pool, _keep, denial, act_of(BY, now()))
                except Exception:
                    log.exception("what the store refused could not be kept")


async def _keep(tx: Transaction, denial: Denial, act: Act) -> None:
    said = await denials.said_by(tx, denial.pid)
    told = {"what": "STORE", "refused": denial.code, "words": denial.words, "role": denial.role}
    await numbers.attempts.denied(tx, said, act, told)
