"""What may be done with a number, and when: pure, total, time as an argument.

Read stages (where a number stands in its life, and what its line may do), naming (how people write
numbers).
"""

from tenure.promises.numbers.rules.naming import normalised
from tenure.promises.numbers.rules.stages import changed, may_come_in, may_go_out, stage

__all__ = ["changed", "may_come_in", "may_go_out", "normalised", "stage"]
