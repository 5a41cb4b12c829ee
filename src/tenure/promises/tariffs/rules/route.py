"""Which row of the price list a usage belongs to."""

from typing import Final

from tenure.promises.tariffs.model import Direction, Refusal, Route, Service, Use
from tenure.promises.tariffs.rules.book import DIRECTED, MCC_DIGITS, SERVICES, Book, line_of
from tenure.promises.tariffs.rules.dialled import calls_for_help, zone_of
from tenure.terms.model import Offer
from tenure.terms.pricelist import ANY_PARTY, EMERGENCY, NOWHERE, Network
from tenure.values.refused import Refused

SHOWN_DIGITS: Final = 3
SUBSCRIBER_DIGITS: Final = 8
"""A number at least this long may be somebody's."""
UNSEEN: Final = Network(plmn="", zone="", country_code="")

# An attribute of an enumeration costs more than a comparison.
DATA: Final = Service.DATA
CONTENT: Final = Service.CONTENT
IN: Final = Direction.IN
OUT: Final = Direction.OUT


def route(book: Book, offer: str, use: Use) -> Route | Refused[Refusal]:
    """The route of a usage, the same in every version and band.

    Refuses what has no price: an offer, rating group, destination or visited network that the pack
    does not know, and what the offer does not include.  GTC-VOICE, GTC-TEXT, GTC-DATA, GTC-ROAM.
    """
    sold_as = book.offers.get(offer)
    if sold_as is None:
        return Refused(refusal=Refusal.UNKNOWN_OFFER, detail=f"no offer is named {offer}")
    # A purchase costs the same wherever it is made.
    plmn = "" if use.service is CONTENT else use.visited_plmn
    network = book.visited.get(plmn, UNSEEN)
    if network is UNSEEN:
        network = _network(book, plmn)
        if network is UNSEEN:
            if use.direction is OUT and calls_for_help(book, use.other_party, plmn):
                return _found(book, offer, use, EMERGENCY, "")
            return _unknown_network(use)
    zone = _zone(book, sold_as, use, network)
    if not isinstance(zone, str):
        return zone
    visited = "" if network is None else network.zone
    routes = book.routes[use.service][use.direction]
    found = routes.get((offer, zone, visited))
    if found is None:
        found = _found(book, offer, use, zone, visited)
        routes[offer, zone, visited] = found
    return found


def _zone(book: Book, offer: Offer, use: Use, network: Network | None) -> str | Refused[Refusal]:
    service = use.service
    if service is DATA:
        group = book.groups.get(use.rating_group) or book.groups.get(None)
        return group or Refused(
            refusal=Refusal.UNKNOWN_RATING_GROUP,
            detail=f"rating group {use.rating_group} has no line in rating_groups.csv",
        )
    if service is CONTENT:
        return book.content_zone
    if use.direction is IN:
        return ANY_PARTY
    return zone_of(book, offer.closed_group, use.other_party, network) or _unknown_destination(use)


def _found(book: Book, offer: str, use: Use, zone: str, visited: str) -> Route | Refused[Refusal]:
    always = zone in book.zones and book.zones[zone].always
    direction = use.direction.name.lower() if use.service in DIRECTED else NOWHERE
    place = f"{zone}@{visited}" if visited and not always else zone
    key = f"{SERVICES[use.service]}/{direction}/{place}"
    if not always:
        line = line_of(book, offer, key)
        if isinstance(line, Refused):
            return line
    return Route(key=key, service=use.service, direction=use.direction, always=always)


def _network(book: Book, plmn: str) -> Network | None:
    """The visited network: its own line, or that of its country; kept only if it is known."""
    if not (plmn.isascii() and plmn.isdecimal() and len(plmn) in {5, 6}):
        return UNSEEN
    network = book.networks.get(plmn) or book.networks.get(plmn[:MCC_DIGITS], UNSEEN)
    if network is not UNSEEN:
        book.visited[plmn] = network
    return network


def _unknown_network(use: Use) -> Refused[Refusal]:
    mcc = use.visited_plmn[:MCC_DIGITS]
    named = f"MCC {mcc}" if mcc.isascii() and mcc.isdecimal() else "it is no MCC and MNC"
    return Refused(
        refusal=Refusal.UNKNOWN_VISITED_NETWORK,
        detail=f"the visited network has no line in networks.csv ({named})",
    )


def _unknown_destination(use: Use) -> Refused[Refusal]:
    """Says what is missing, without the number: at most its first three digits are shown."""
    digits = "".join(each for each in use.other_party[:32] if each in "0123456789")
    shown = (
        f"{digits[:SHOWN_DIGITS]}…" if len(digits) >= SUBSCRIBER_DIGITS else f"{len(digits)} digits"
    )
    return Refused(
        refusal=Refusal.UNKNOWN_DESTINATION,
        detail=f"no line of destinations.csv or short_numbers.csv fits the number ({shown})",
    )
