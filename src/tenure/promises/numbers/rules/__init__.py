"""What may be done with a number, and when: pure, total, time as an argument.

Read stages (where a number stands in its life, and what its line may do), naming (how people write
numbers), stock and sims (what an import must look like), holding (who may come to hold a number).
"""

from tenure.promises.numbers.rules.naming import normalised
from tenure.promises.numbers.rules.sims import FIELD_OF, check_digit, iccid, sim_card
from tenure.promises.numbers.rules.stages import changed, may_come_in, may_go_out, stage
from tenure.promises.numbers.rules.stock import number_range

__all__ = [
    "FIELD_OF",
    "changed",
    "check_digit",
    "iccid",
    "may_come_in",
    "may_go_out",
    "normalised",
    "number_range",
    "sim_card",
    "stage",
]
