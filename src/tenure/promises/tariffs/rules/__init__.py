"""How a usage is priced: pure, total and exact.

Read book (what is compiled), route (which price), dialled (whose number), timeline (when it
holds), walk (how many units at which price), price (what it costs), words (why).
"""

from tenure.promises.tariffs.rules.book import Book, compile_book
from tenure.promises.tariffs.rules.cover import covers
from tenure.promises.tariffs.rules.price import exact, price
from tenure.promises.tariffs.rules.route import route
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.promises.tariffs.rules.walk import runs

__all__ = ["Book", "compile_book", "covers", "exact", "in_force", "price", "route", "runs"]
