"""What may be asked of rights: to take a request in, to prove who asks, to do it, to tell it.

Read receiving, proving, working, doing (the door of each right), telling, deciding, looking.
"""

from tenure.promises.privacy.operations.rights.deciding import (
    ask_refusal,
    extend,
    refuse,
    take_back,
)
from tenure.promises.privacy.operations.rights.looking import (
    alerts,
    cases,
    of,
    open_cases,
    remind,
    show,
)
from tenure.promises.privacy.operations.rights.proving import proof_hash, prove
from tenure.promises.privacy.operations.rights.receiving import receive
from tenure.promises.privacy.operations.rights.telling import told_by_letter
from tenure.promises.privacy.operations.rights.working import work

__all__ = [
    "alerts",
    "ask_refusal",
    "cases",
    "extend",
    "of",
    "open_cases",
    "proof_hash",
    "prove",
    "receive",
    "refuse",
    "remind",
    "show",
    "take_back",
    "told_by_letter",
    "work",
]
