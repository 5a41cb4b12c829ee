"""What privacy itself holds, column by column."""

from typing import Final

from tenure.promises.privacy.personal_data import (
    breaches,
    disclosures,
    exports,
    keys,
    retention,
    rights,
    usage,
    website,
)

HOLDINGS: Final = (
    *breaches.HOLDINGS,
    *disclosures.HOLDINGS,
    *exports.HOLDINGS,
    *keys.HOLDINGS,
    *retention.HOLDINGS,
    *rights.HOLDINGS,
    *usage.HOLDINGS,
    *website.HOLDINGS,
)

ROWS: Final = (
    *breaches.ROWS,
    *disclosures.ROWS,
    *exports.ROWS,
    *retention.ROWS,
    *rights.ROWS,
    *website.ROWS,
)
