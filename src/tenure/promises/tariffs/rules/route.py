"""Which row of the price list a usage belongs to."""

from tenure.promises.tariffs.model import Direction, Refusal, Route, Service, Use
from tenure.promises.tariffs.rules.book import DIRECTED, SERVICES, Book, line_of
from tenure.promises.tariffs.rules.dialled import zone_of
from tenure.terms.pricelist import ANY_PARTY, NOWHERE, Network
from tenure.values.refused import Refused

MCC_DIGITS = 3


def route(book: Book, offer: str, use: Use) -> Route | Refused[Refusal]:
    """The route of a usage, the same in every version and band.

    Refuses what has no price: an offer, rating group, destination or visited network that the pack
    does not know, and what the offer does not include.  GTC-VOICE, GTC-TEXT, GTC-DATA, GTC-ROAM.
    """
    sold_as = book.offers.get(offer)
    if sold_as is None:
        return Refused(refusal=Refusal.UNKNOWN_OFFER, detail=f"no offer is named {offer}")
    service = use.service
    network = book.visited.get(use.visited_plmn, _UNSEEN)
    if network is _UNSEEN:
        network = _network(book, use.visited_plmn)
        if network is _UNSEEN:
            return _unknown_network(use)

    if service is Service.DATA:
        zone = book.groups.get(use.rating_group) or book.groups.get(None)
        if zone is None:
            return Refused(
                refusal=Refusal.UNKNOWN_RATING_GROUP,
                detail=f"rating group {use.rating_group} has no line in rating_groups.csv",
            )
    elif service is Service.CONTENT:
        zone, network = _content_zone(book), None
    elif use.direction is Direction.IN:
        zone = ANY_PARTY
    else:
        zone = zone_of(book, sold_as.closed_group, use.other_party, network)
        if zone is None:
            return _unknown_destination(use)
    place = zone if network is None else f"{zone}@{network.zone}"
    name = (offer, service, place if use.direction is Direction.OUT else f"<{place}")
    found = book.routes.get(name)
    if found is None:
        found = _found(book, offer, use, zone, place)
        book.routes[name] = found
    return found


_UNSEEN = Network(plmn="", zone="", country_code="")


def _found(
    book: Book, offer: str, use: Use, zone: str, place: str
) -> Route | Refused[Refusal]:
    always = zone in book.zones and book.zones[zone].always
    direction = use.direction.name.lower() if use.service in DIRECTED else NOWHERE
    key = f"{SERVICES[use.service]}/{direction}/{zone if always else place}"
    if not always:
        line = line_of(book, offer, key)
        if isinstance(line, Refused):
            return line
    return Route(key=key, service=use.service, direction=use.direction, always=always)


def _network(book: Book, plmn: str) -> Network | None:
    """The visited network: its own line, or that of its country; kept only if it is known."""
    if not (plmn.isascii() and plmn.isdecimal() and len(plmn) in {5, 6}):
        return _UNSEEN
    network = book.networks.get(plmn) or book.networks.get(plmn[:MCC_DIGITS], _UNSEEN)
    if network is not _UNSEEN:
        book.visited[plmn] = network
    return network


def _content_zone(book: Book) -> str:
    return next((zone.name for zone in book.zones.values() if zone.kind == "content"), ANY_PARTY)


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
    shown = f"{digits[:3]}…" if len(digits) > 7 else f"{len(digits)} digits"  # noqa: PLR2004
    return Refused(
        refusal=Refusal.UNKNOWN_DESTINATION,
        detail=f"no line of destinations.csv or short_numbers.csv fits the number ({shown})",
    )
