"""Global Privacy Control: what a browser says in Sec-GPC, and what we say of it.

The signal is no choice, and is not kept as one.  Nothing on these pages begins before somebody
chose by name, with the signal or without; and what they chose stays, whatever a browser sends.
"""

from collections.abc import Iterable
from typing import Final

HEADER: Final = b"sec-gpc"
SUPPORTED: Final = b'{"gpc":true,"lastUpdate":"2026-11-22T00:00:00Z"}'
"""What stands at /.well-known/gpc.json: this site honours the signal, and since when."""


def is_on(values: Iterable[bytes]) -> bool:
    """Whether the signal is there: a field counts only if it is exactly ``1``, one is enough."""
    return any(value == b"1" for value in values)
