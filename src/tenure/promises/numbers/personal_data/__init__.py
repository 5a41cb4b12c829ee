"""What is held about numbers: a number is somebody's only while they hold it."""

from typing import Final

from tenure.promises.numbers.personal_data import holding, lifecycle, lines, register, requests
from tenure.values.holding import Export, shown_as

_HELD: Final = (
    *lines.HOLDINGS,
    *holding.HOLDINGS,
    *lifecycle.HOLDINGS,
    *register.HOLDINGS,
    *requests.HOLDINGS,
)

# Keys of SIMs and signatures are never told; the words of a request name two people.
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.MASKED: ("request.body",),
        Export.NEVER: (
            "sim.sealed",
            "consent.credential_id",
            "consent.authenticator_data",
            "consent.client_data_json",
            "consent.signature",
            "consent.own_key",
        ),
    },
)

ROWS: Final = (
    *lines.ROWS,
    *holding.ROWS,
    *lifecycle.ROWS,
    *register.ROWS,
    *requests.ROWS,
)
