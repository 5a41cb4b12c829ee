"""The decisions of charging: a loaded case and an ask in, an answer and its entries out; pure."""

from collections.abc import Mapping
from typing import Final

from tenure.promises.charging.model import Answered, Ask, Case, Request
from tenure.promises.charging.rules.admission import malformed
from tenure.promises.charging.rules.cases import Decision, refused
from tenure.promises.charging.rules.events import (
    answer_key,
    debit,
    enquire,
    refund,
    refund_key,
)
from tenure.promises.charging.rules.sessions import continue_session, forgettable, open_session
from tenure.promises.charging.rules.staleness import stale
from tenure.promises.tariffs import rules as tariffs

# A module's own names: reaching into an enumeration costs five times as much, for every request.
UPDATE: Final = Request.UPDATE
TERMINATE: Final = Request.TERMINATE

__all__ = ["Decision", "answer_key", "decide", "forgettable", "refund_key", "stale"]


def decide(book: tariffs.Book, case: Case, ask: Ask, known: Mapping[bytes, Answered]) -> Decision:
    """Answer one ask.  ``known`` holds what was answered before under its keys."""
    problem = malformed(ask)
    if problem is not None:
        return refused(case, problem.refusal, problem.detail)
    request = ask.request
    if request is UPDATE or request is TERMINATE:
        return continue_session(book, case, ask)
    match request:
        case Request.INITIAL:
            return open_session(book, case, ask)
        case Request.DEBIT:
            return debit(book, case, ask, known)
        case Request.REFUND:
            return refund(case, ask, known)
        case Request.BALANCE_CHECK | Request.PRICE_ENQUIRY:
            return enquire(book, case, ask)
