"""What a pack has no price for."""

from tenure.promises.tariffs.model import Direction, Refusal
from tenure.promises.tariffs.rules.book import DIRECTED, SERVICES, compile_book
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.terms.pricelist import ANY_PARTY, NOWHERE, PLACES, Pack
from tenure.values.refused import Refused


def unpriced(pack: Pack) -> tuple[str, ...]:
    """The routes without a price in the latest version, as ``offer: route``.

    They are refused by name when somebody uses them, so they are worth knowing before.  An offer
    with a base is as complete as its base.
    """
    book = compile_book(pack)
    latest = pack.versions[-1].effective_from
    found = []
    for offer in pack.terms.offers:
        for key in _routes(pack) if not offer.base else ():
            holding = in_force(book, offer.name, key, latest)
            if isinstance(holding, Refused) and holding.refusal is Refusal.NOT_OFFERED:
                found.append(f"{offer.name}: {key}")
    return tuple(found)


def _routes(pack: Pack) -> list[str]:
    """Every route that a subscriber of this operator could use, but for closed groups."""
    keys = []
    visited = [""] + [f"@{zone.name}" for zone in pack.zones if zone.kind == "visited"]
    for service, name in SERVICES.items():
        for place in visited:
            if service in DIRECTED:
                out, received = (each.name.lower() for each in (Direction.OUT, Direction.IN))
                keys += [f"{name}/{out}/{zone}{place}" for zone in _reached(pack, place)]
                keys.append(f"{name}/{received}/{ANY_PARTY}{place}")
            elif name == "data" or not place:
                zones = [zone.name for zone in pack.zones if zone.kind == name and not zone.always]
                keys += [f"{name}/{NOWHERE}/{zone}{place}" for zone in zones]
    return keys


def _reached(pack: Pack, place: str) -> list[str]:
    """The zones of numbers that can be reached from a visited zone, or from home."""
    abroad = {
        f"@{each.zone}" for each in pack.networks if each.country_code != pack.terms.country_code
    }
    kinds = {"short"} if place in abroad else {"destination", "short"}
    zones = [zone.name for zone in pack.zones if zone.kind in kinds and not zone.always]
    return zones + (list(PLACES) if place in abroad else [])
