"""How a usage is priced: pure, total and exact.

Read book (what is compiled), route (which price), dialled (whose number), calendar and timeline
(when it holds), walk (how many units at which price), price (what it costs), words (why), cover
(what an allowance pays for), gaps (what has no price), changes (what differs between versions),
publishing (which version holds).
"""

from tenure.promises.tariffs.rules.book import Book, compile_book
from tenure.promises.tariffs.rules.changes import affected, by_row, changes, differs
from tenure.promises.tariffs.rules.cover import covers
from tenure.promises.tariffs.rules.gaps import unpriced
from tenure.promises.tariffs.rules.price import exact, price
from tenure.promises.tariffs.rules.publishing import (
    digest_of,
    earliest,
    new_versions,
    state,
    timeline,
    waiting,
)
from tenure.promises.tariffs.rules.route import route
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.promises.tariffs.rules.walk import runs
from tenure.promises.tariffs.rules.words import (
    amount,
    fraction,
    quantity,
    rate_words,
    rounding_words,
    run_words,
)

__all__ = [
    "Book",
    "affected",
    "amount",
    "by_row",
    "changes",
    "compile_book",
    "covers",
    "differs",
    "digest_of",
    "earliest",
    "exact",
    "fraction",
    "in_force",
    "new_versions",
    "price",
    "quantity",
    "rate_words",
    "rounding_words",
    "route",
    "run_words",
    "runs",
    "state",
    "timeline",
    "unpriced",
    "waiting",
]
