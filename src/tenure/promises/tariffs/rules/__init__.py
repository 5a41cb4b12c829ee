"""How a usage is priced: pure, total and exact.

Read book (what is compiled), route (which price), dialled (whose number), calendar and timeline
(when it holds), walk (how many units at which price), price (what it costs), words (why), cover
(what an allowance pays for), gaps (what has no price).
"""

from tenure.promises.tariffs.rules.book import Book, compile_book
from tenure.promises.tariffs.rules.cover import covers
from tenure.promises.tariffs.rules.gaps import unpriced
from tenure.promises.tariffs.rules.price import exact, price
from tenure.promises.tariffs.rules.route import route
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.promises.tariffs.rules.walk import runs
from tenure.promises.tariffs.rules.words import (
    fraction,
    quantity,
    rate_words,
    rounding_words,
    run_words,
)

__all__ = [
    "Book",
    "compile_book",
    "covers",
    "exact",
    "fraction",
    "in_force",
    "price",
    "quantity",
    "rate_words",
    "rounding_words",
    "route",
    "run_words",
    "runs",
    "unpriced",
]
