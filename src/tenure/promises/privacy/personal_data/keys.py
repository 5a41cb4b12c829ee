"""What is held about keys that have ended: nothing that leads to anybody."""

from typing import Final

from tenure.values.holding import impersonal

HOLDINGS: Final = impersonal(
    "fence",
    "which keys have ended; whose they were, only the key store could tell",
    "mark",
    "number",
    "class",
    "asked_at",
    "raised_at",
    "keys",
    "leaf_seq",
)
