"""What may be asked about a number: a transfer, a new SIM, a lock, and what else two must agree to.

Read loading (all that decides a case), asking, signing (consent, approve, stop), effecting,
locking, telling (who hears of it).
"""

from tenure.promises.numbers.operations.requests.asking import ask
from tenure.promises.numbers.operations.requests.effecting import (
    effect,
    effect_due,
    open_requests,
    sim_swapped_at,
)
from tenure.promises.numbers.operations.requests.loading import (
    find,
    lock_of,
    newest,
    open_of,
    progress,
)
from tenure.promises.numbers.operations.requests.locking import (
    keep_from_others,
    lock,
    lock_from_number,
    lock_hash,
)
from tenure.promises.numbers.operations.requests.signing import approve, consent, stop
from tenure.promises.numbers.rules.requests import (
    body_of,
    hash_of,
    seen_hash_of,
    stop_hash_of,
)

__all__ = [
    "approve",
    "ask",
    "body_of",
    "consent",
    "effect",
    "effect_due",
    "find",
    "hash_of",
    "keep_from_others",
    "lock",
    "lock_from_number",
    "lock_hash",
    "lock_of",
    "newest",
    "open_of",
    "open_requests",
    "progress",
    "seen_hash_of",
    "sim_swapped_at",
    "stop",
    "stop_hash_of",
]
