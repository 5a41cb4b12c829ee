"""Numbers, who holds them, and the lines that serve them.

Read lines (who is reached, and what is barred).
"""

from tenure.promises.numbers.model.lines import (
    Bar,
    Block,
    Change,
    Limit,
    Line,
    NewLine,
    Reached,
    Refusal,
    ReportFound,
    ReportLost,
    Resume,
    Stage,
    Suspend,
)

__all__ = [
    "Bar",
    "Block",
    "Change",
    "Limit",
    "Line",
    "NewLine",
    "Reached",
    "Refusal",
    "ReportFound",
    "ReportLost",
    "Resume",
    "Stage",
    "Suspend",
]
