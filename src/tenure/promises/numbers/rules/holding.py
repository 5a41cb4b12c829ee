"""Who may come to hold a number, and which number may be set aside."""

from datetime import date
from typing import Final

from tenure.promises.numbers.model.holding import (
    Buyer,
    Figures,
    Found,
    HoldingRefusal,
    InStock,
    Reservation,
    Sale,
    Sell,
    Sim,
)
from tenure.promises.numbers.rules import sims
from tenure.terms.model import Offer, Terms
from tenure.values.age import adult
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

Refusal = HoldingRefusal

RESERVED_DAYS_MAX: Final = 30
"""Longer, and a reservation would be a tenure without a holder."""


def figures_of(terms: Terms) -> Figures:
    """What the database is to enforce, as the pack says it."""
    keeping, life = terms.keeping, terms.lifecycle
    return Figures(
        operator=terms.operator,
        home_plmns=terms.home_plmns,
        outgoing_blocked_ms=life.outgoing_blocked_days * DAY_MS,
        both_blocked_ms=life.both_blocked_days * DAY_MS,
        rest_ms=keeping.recycling.rest_days * DAY_MS,
        reminders_min=keeping.recycling.reminders_min,
        cooling_off_ms=keeping.transfer.cooling_off_ms,
        request_open_ms=keeping.transfer.open_ms,
        sim_age_ms=keeping.transfer.sim_age_ms,
        approvals_min=keeping.transfer.approvals_min,
        unlock_delay_ms=keeping.lock.lift_delay_ms,
        prepaid_numbers_max=keeping.prepaid_numbers_max,
        adult_years=keeping.adult_years,
    )


def reserved(
    number: InStock, clerk: str, until: Instant, figures: Figures, at: Instant
) -> Reservation | Refused[Refusal]:
    """A number set aside for a clerk, or why not.  Asking again moves the end of one's own."""
    free = _free(number, clerk, figures, at)
    if isinstance(free, Refused):
        return free
    if not at < until <= at + RESERVED_DAYS_MAX * DAY_MS:
        detail = f"a reservation ends after at most {RESERVED_DAYS_MAX} days; name an earlier end"
        return Refused(Refusal.RESERVATION_TOO_LONG, detail)
    return Reservation(number.msisdn, at, until, clerk)


def _free(number: InStock, clerk: str, figures: Figures, at: Instant) -> Msisdn | Refused[Refusal]:
    """The number, if it may be given to somebody at an instant; else the gravest reason."""
    if number.number_class is None:
        return Refused(Refusal.NUMBER_NOT_OURS, "it is in no range of ours; choose another number")
    last = number.last
    if last is not None and (last.until is None or at < last.until):
        return Refused(Refusal.NUMBER_HELD, "somebody holds it; choose another number")
    if number.has_line:
        detail = "it serves a line of our own that nobody holds; choose another number"
        return Refused(Refusal.NUMBER_IN_SERVICE, detail)
    if last is not None and last.until is not None and at < last.until + figures.rest_ms:
        free_at = iso(Instant(last.until + figures.rest_ms))
        return Refused(Refusal.NUMBER_RESTING, f"it rests until {free_at}; choose another number")
    if number.reservation is not None and number.reservation.reserved_by != clerk:
        ends_at = iso(number.reservation.until)
        detail = f"a colleague set it aside until {ends_at}; choose another number"
        return Refused(Refusal.NUMBER_RESERVED, detail)
    return number.msisdn


def sold(
    sell: Sell, found: Found, terms: Terms, clerk: str, at: Instant
) -> Sale | Refused[Refusal]:
    """A first sale, or the gravest reason why not."""
    figures = figures_of(terms)
    offer = next((one for one in terms.offers if one.name == sell.offer), None)
    if offer is None:
        names = ", ".join(one.name for one in terms.offers)
        return Refused(Refusal.UNKNOWN_OFFER, f"the offers are {names}")
    if sell.language not in terms.languages:
        detail = f"the languages are {', '.join(terms.languages)}"
        return Refused(Refusal.UNKNOWN_LANGUAGE, detail)
    free = _free(found.number, clerk, figures, at)
    if isinstance(free, Refused):
        return free
    fresh = fresh_sim(found.sim, figures)
    if isinstance(fresh, Refused):
        return fresh
    holder = may_hold(found.buyer, offer, terms, at)
    if isinstance(holder, Refused):
        return holder
    return Sale(sell, fresh.imsi, offer.postpaid, offer.credit_limit_micros)


def fresh_sim(sim: Sim | None, figures: Figures) -> Sim | Refused[Refusal]:
    """GTC-SIM: only a SIM that we issued, and one that never worked before."""
    if sim is None:
        detail = "we issued no such card; take one of ours, or import its file"
        return Refused(Refusal.SIM_UNKNOWN, detail)
    if sim.died_at is not None:
        return Refused(Refusal.SIM_DEAD, "this card works no more; take a new one")
    if sim.bound:
        return Refused(Refusal.SIM_USED, "this card is, or was, in use; take a new one")
    if not sims.is_home(sim.imsi, figures.home_plmns):
        detail = f"our networks are {', '.join(figures.home_plmns)}; take another card"
        return Refused(Refusal.SIM_OF_ANOTHER_NETWORK, detail)
    return sim


def may_hold(
    buyer: Buyer | None, offer: Offer, terms: Terms, at: Instant
) -> Buyer | Refused[Refusal]:
    """Whether somebody may hold one more number of this kind (PRV-MINOR, ID-LINES)."""
    if buyer is None:
        return Refused(Refusal.HOLDER_UNKNOWN, "enter the person first, with their document")
    if not buyer.documented:
        detail = "SIM registration needs a document; enter it (PRV-BIO)"
        return Refused(Refusal.HOLDER_WITHOUT_DOCUMENT, detail)
    if buyer.born_on is None:
        detail = "enter the date of birth as it stands in the document"
        return Refused(Refusal.HOLDER_OF_UNKNOWN_AGE, detail)
    if not of_age(buyer.born_on, terms, at) and not buyer.guarded:
        detail = f"under {terms.keeping.adult_years} a parent or guardian answers first; enter them"
        return Refused(Refusal.HOLDER_IS_MINOR, detail)
    limit = terms.keeping.prepaid_numbers_max
    if not offer.postpaid and 0 < limit <= buyer.prepaid_held:
        detail = f"one person holds at most {limit} prepaid numbers; give one back first"
        return Refused(Refusal.HOLDER_AT_THE_LIMIT, detail)
    return buyer


def of_age(born_on: date, terms: Terms, at: Instant) -> bool:
    """PRV-MINOR: by the operator's clocks; somebody born on 29 February on the 28th."""
    return adult(born_on, terms.keeping.adult_years, terms.time_zone, at)
