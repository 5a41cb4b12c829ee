"""What may be asked of numbers.

Read lines (to find, to open and to change them).  What grew later is asked for by the name of its
file: ``numbers.holding.activate``, ``numbers.inventory.reserve``.
"""

from tenure.promises.numbers.operations import (
    attempts,
    audience,
    consents,
    expiry,
    holding,
    inventory,
    lifecycle,
    limits,
    network,
    profiles,
    proving,
    register,
    requests,
)
from tenure.promises.numbers.operations.lines import (
    change,
    count,
    find,
    find_all,
    find_by_imsi,
    find_by_purses,
    open_lines,
)

__all__ = [
    "attempts",
    "audience",
    "change",
    "consents",
    "count",
    "expiry",
    "find",
    "find_all",
    "find_by_imsi",
    "find_by_purses",
    "holding",
    "inventory",
    "lifecycle",
    "limits",
    "network",
    "open_lines",
    "profiles",
    "proving",
    "register",
    "requests",
]
