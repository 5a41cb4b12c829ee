"""What privacy itself holds, column by column."""

from typing import Final

from tenure.promises.privacy.personal_data import breaches, keys, website

HOLDINGS: Final = (
    *breaches.HOLDINGS,
    *keys.HOLDINGS,
    *website.HOLDINGS,
)

ROWS: Final = (
    *breaches.ROWS,
    *website.ROWS,
)
