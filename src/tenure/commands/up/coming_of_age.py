"""What time causes about minors: who came of age is told so, once."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tenure.commands.connect import act_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

BY: Final = "<clock>"
PAGE: Final = 500


def coming_of_age(pool: Pool) -> Callable[[Instant], Awaitable[None]]:
    """Tell all who came of age by now; that their guardian's power ended needs no telling."""

    async def tell(at: Instant) -> None:
        told = 0
        while due := await perform(pool, numbers.profiles.come_of_age, PAGE, act_of(BY, at)):
            told += due
        if told:
            log.info("people: %d came of age", told)

    return tell
