"""What all promises declare that they hold, in one place: the register."""

from collections.abc import Mapping
from types import ModuleType
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.access import personal_data as access
from tenure.promises.charging import personal_data as charging
from tenure.promises.consent import personal_data as consent
from tenure.promises.money import personal_data as money
from tenure.promises.notices import personal_data as notices
from tenure.promises.numbers import personal_data as numbers
from tenure.promises.people import personal_data as people
from tenure.promises.privacy import personal_data as privacy
from tenure.promises.privacy.model.book import Book
from tenure.promises.privacy.model.register import Live, Register
from tenure.promises.privacy.personal_data.inside import EVERYWHERE, INSIDE
from tenure.promises.privacy.personal_data.outside import KEPT
from tenure.promises.privacy.rules.register import book as books
from tenure.promises.privacy.rules.register import checking, dpv, fides, pages
from tenure.promises.privacy.store import register as store
from tenure.promises.record import personal_data as record
from tenure.promises.staff import personal_data as staff
from tenure.promises.tariffs import personal_data as tariffs
from tenure.promises.topups import personal_data as topups
from tenure.terms.model import Terms
from tenure.values.holding import Holding, Row

PROMISES: Final[Mapping[str, ModuleType]] = {
    "record": record,
    "staff": staff,
    "consent": consent,
    "people": people,
    "notices": notices,
    "money": money,
    "tariffs": tariffs,
    "numbers": numbers,
    "access": access,
    "charging": charging,
    "topups": topups,
    "privacy": privacy,
}
"""Every promise with what it declares, bottom up: in this order the register tells of them."""

FORMS: Final = ("ropa", "notice", "fideslang", "dpv")
"""The record of processing, the tables of the notice, and both again for programs of others."""


def holdings() -> tuple[tuple[str, Holding], ...]:
    """Every column of every promise, with the name of its promise, which is that of its schema."""
    return tuple((name, one) for name, promise in PROMISES.items() for one in promise.HOLDINGS)


def rows() -> tuple[tuple[str, Row], ...]:
    """How the rows of every table with a personal column lead to somebody."""
    return tuple((name, one) for name, promise in PROMISES.items() for one in promise.ROWS)


def whole() -> Register:
    """Everything that is declared, in tables and outside of them."""
    return Register(holdings(), rows(), INSIDE, EVERYWHERE, KEPT)


def book(terms: Terms, language: str) -> Book:
    """The record of processing of an operator, in one of its languages."""
    return books.book(whole(), terms, language)


def written(terms: Terms, language: str, form: str) -> str:
    """The register in one of FORMS; the same register and pack make the same text, to the byte."""
    made = book(terms, language)
    processing = terms.privacy.processing
    match form:
        case "ropa":
            return pages.ropa(made, processing)
        case "notice":
            return pages.notice(made, processing)
        case "fideslang":
            return _json(fides.manifest(whole(), made))
        case _:
            return _json(dpv.document(made))


def _json(what: object) -> str:
    return msgspec.json.format(msgspec.json.encode(what), indent=2).decode() + "\n"


async def live(tx: Transaction) -> Live:
    """What the database has that can hold something of somebody."""
    return await store.live(tx)


async def faults(tx: Transaction, terms: Terms) -> tuple[str, ...]:
    """What is held here and declared nowhere, and what the pack does not say; each by its name."""
    register = whole()
    return (
        *checking.against_database(register, await store.live(tx)),
        *checking.against_itself(register),
        *checking.against_pack(register, terms),
    )
