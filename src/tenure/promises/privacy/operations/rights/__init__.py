"""What may be asked of rights: to take a request in, to prove who asks, to do it, to tell it.

Read receiving, proving, working, doing (the door of each right), telling, deciding, looking.
"""

from tenure.promises.privacy.operations.rights.deciding import (
    ask_refusal,
    extend,
    refuse,
    take_back,
)
from tenure.promises.privacy.operations.rights.following import follow
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN
from tenure.promises.privacy.operations.rights.looking import (
    FIRST,
    alerts,
    cases,
    find,
    of,
    open_cases,
    remind,
    row,
    show,
    workable,
)
from tenure.promises.privacy.operations.rights.proving import proof_hash, prove
from tenure.promises.privacy.operations.rights.receiving import receive
from tenure.promises.privacy.operations.rights.telling import answer, told_by_letter
from tenure.promises.privacy.operations.rights.working import work

__all__ = [
    "FIRST",
    "UNKNOWN",
    "alerts",
    "answer",
    "ask_refusal",
    "cases",
    "extend",
    "find",
    "follow",
    "of",
    "open_cases",
    "proof_hash",
    "prove",
    "receive",
    "refuse",
    "remind",
    "row",
    "show",
    "take_back",
    "told_by_letter",
    "work",
    "workable",
]
