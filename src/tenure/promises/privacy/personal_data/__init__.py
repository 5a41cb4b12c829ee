"""What privacy itself holds, column by column."""

from typing import Final

from tenure.promises.privacy.personal_data import breaches

HOLDINGS: Final = (
    *breaches.HOLDINGS,
)

ROWS: Final = (
    *breaches.ROWS,
)
