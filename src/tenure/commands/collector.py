"""Python's cycle collector, told what a long-lived server knows: what exists now will stay."""

import gc
from typing import Final

YOUNG_MAX: Final = 100_000
"""The default of 700 has it look through a batch's objects dozens of times; none are cycles."""


def settle() -> None:
    """Leave all that was loaded out of every collection, and collect seldom.

    Measured on the charging path: a quarter of the processor time of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 50, 1_000)
