"""zones.csv and the lists that lead to a zone: destinations, short numbers, networks, groups."""

import itertools

import msgspec

from tenure.terms.documents import Folder, Row
from tenure.terms.model import Offer
from tenure.terms.operator_files import Operator
from tenure.terms.plan_files import NAME
from tenure.terms.pricelist import (
    ANY_PARTY,
    EMERGENCY,
    EMERGENCY_ANYWHERE,
    PLACES,
    Destination,
    EmergencyAbroad,
    MemberRange,
    Network,
    RatingGroup,
    ShortNumber,
    Zone,
)

KINDS = ("destination", "short", "group", "data", "content", "visited")
RESERVED = (ANY_PARTY, EMERGENCY, *PLACES)
RATING_GROUP_MAX = 2**32 - 1


class Zones(msgspec.Struct, frozen=True):
    """All zones by name, and the lists that lead to them."""

    zones: dict[str, Zone]
    destinations: tuple[Destination, ...]
    short_numbers: tuple[ShortNumber, ...]
    networks: tuple[Network, ...]
    emergencies_abroad: tuple[EmergencyAbroad, ...]
    rating_groups: tuple[RatingGroup, ...]
    members: tuple[MemberRange, ...]


def read_zones(folder: Folder, operator: Operator, offers: tuple[Offer, ...]) -> Zones:
    """The zones and everything that is sorted into them."""
    zones = _zones(folder)
    return Zones(
        zones=zones,
        destinations=_destinations(folder, zones),
        short_numbers=_short_numbers(folder, zones, operator),
        networks=_networks(folder, zones, operator),
        emergencies_abroad=_emergencies_abroad(folder, operator),
        rating_groups=_rating_groups(folder, zones),
        members=_members(folder, zones, operator, offers),
    )


def _zones(folder: Folder) -> dict[str, Zone]:
    zones: dict[str, Zone] = {}
    for row in folder.table("zones.csv", ("zone", "kind", "always", "clause", "note")):
        zone = Zone(
            name=row.text("zone", NAME, "intl-1"),
            kind=row.choice("kind", KINDS),
            always=row.choice("always", ("yes", "no")) == "yes",
        )
        folder.knows_clause(row.file, row.line, row.cells["clause"])
        if zone.name in zones:
            row.note(f'the zone "{zone.name}" is there twice', "remove one")
        if zone.name in RESERVED:
            row.note(f'the zone "{zone.name}" has a meaning of its own', "choose another name")
        if zone.always and zone.kind not in {"short", "data"}:
            row.note("only short numbers and data can be always reachable", "write no")
        zones[zone.name] = zone
    return zones


def known_zone(row: Row, zones: dict[str, Zone], kind: str) -> str:
    """The zone of a row, noted when it is unknown or of another kind."""
    name = row.cells["zone"]
    if name not in zones:
        row.note(f'unknown zone "{name}"', "add it to zones.csv, or correct the name")
    elif zones[name].kind != kind:
        row.note(
            f'the zone "{name}" is of kind {zones[name].kind}', f"choose a zone of kind {kind}"
        )
    return name


def _once(row: Row, column: str, seen: dict[str, int], what: str) -> None:
    value = row.cells[column]
    if value in seen:
        row.note(
            f"duplicate {what} {value}, first on line {seen[value]}", "remove one of the two lines"
        )
    else:
        seen[value] = row.line


def _destinations(folder: Folder, zones: dict[str, Zone]) -> tuple[Destination, ...]:
    found, seen = [], dict[str, int]()
    for row in folder.table("destinations.csv", ("prefix", "zone", "note")):
        prefix = row.text("prefix", r"[1-9]\d{0,11}", "85510, digits with the country code")
        _once(row, "prefix", seen, "prefix")
        found.append(Destination(prefix=prefix, zone=known_zone(row, zones, "destination")))
    return tuple(found)


def _short_numbers(
    folder: Folder, zones: dict[str, Zone], operator: Operator
) -> tuple[ShortNumber, ...]:
    found, seen = [], dict[str, int]()
    for row in folder.table("short_numbers.csv", ("number", "zone", "note")):
        most = max(1, operator.short_digits_max)
        number = row.text("number", rf"\d{{1,{most}}}", f"888, at most {most} digits")
        _once(row, "number", seen, "number")
        if number in {*operator.emergency_numbers, *EMERGENCY_ANYWHERE}:
            row.note(f"{number} is an emergency number already", "remove this line")
        found.append(ShortNumber(number=number, zone=known_zone(row, zones, "short")))
    return tuple(found)


def _networks(folder: Folder, zones: dict[str, Zone], operator: Operator) -> tuple[Network, ...]:
    found, seen = [], dict[str, int]()
    for row in folder.table("networks.csv", ("plmn", "zone", "country_code", "note")):
        plmn = row.text("plmn", r"\d{3}|\d{5,6}", "52001, or 520 for the whole country")
        _once(row, "plmn", seen, "network")
        if plmn in operator.home_plmns:
            row.note(f"{plmn} is our own network", "remove this line")
        found.append(
            Network(
                plmn=plmn,
                zone=known_zone(row, zones, "visited"),
                country_code=row.text("country_code", r"[1-9]\d{0,2}", "66"),
            )
        )
    return tuple(found)


def _emergencies_abroad(folder: Folder, operator: Operator) -> tuple[EmergencyAbroad, ...]:
    found, seen = [], dict[str, int]()
    most = max(2, operator.short_digits_max)
    for row in folder.table("emergency_abroad.csv", ("mcc", "numbers", "note")):
        mcc = row.text("mcc", r"\d{3}", "520, the mobile country code")
        _once(row, "mcc", seen, "country")
        if any(plmn.startswith(mcc) for plmn in operator.home_plmns):
            row.note(f"{mcc} is our own country", "write its numbers into operator.toml")
        numbers = row.text(
            "numbers", rf"\d{{2,{most}}}( \d{{2,{most}}})*", f"191 199, at most {most} digits each"
        )
        found.append(EmergencyAbroad(mcc=mcc, numbers=tuple(numbers.split())))
    return tuple(found)


def _rating_groups(folder: Folder, zones: dict[str, Zone]) -> tuple[RatingGroup, ...]:
    found, seen = [], dict[str, int]()
    for row in folder.table("rating_groups.csv", ("group", "zone", "note")):
        text = row.text("group", r"\d{1,10}|\*", "100, or * for every group without a line")
        _once(row, "group", seen, "rating group")
        group = int(text) if text.isdecimal() else None
        if group is not None and group > RATING_GROUP_MAX:
            row.note(f"group {group} does not fit in 32 bits", f"write at most {RATING_GROUP_MAX}")
        found.append(RatingGroup(group=group, zone=known_zone(row, zones, "data")))
    return tuple(found)


def _members(
    folder: Folder, zones: dict[str, Zone], operator: Operator, offers: tuple[Offer, ...]
) -> tuple[MemberRange, ...]:
    found: list[tuple[MemberRange, Row]] = []
    columns = ("closed_group", "zone", "first", "last", "note")
    for row in folder.table("closed_groups.csv", columns):
        digits, example = r"[1-9]\d{6,14}", "85510555000, digits with the country code"
        member = MemberRange(
            closed_group=row.text("closed_group", NAME, "acme"),
            zone=known_zone(row, zones, "group"),
            first=row.text("first", digits, example),
            last=row.text("last", digits, example),
        )
        if len(member.first) != len(member.last) or member.first > member.last:
            row.note("the range is empty", "write the lower number first, both equally long")
        if not member.first.startswith(operator.country_code):
            row.note("the range is abroad", f"begin with {operator.country_code}")
        found.append((member, row))
    _check_ranges(found)
    groups = {member.closed_group for member, _ in found}
    for offer in offers:
        if offer.closed_group and offer.closed_group not in groups:
            folder.note(
                "closed_groups.csv",
                0,
                f'the offer "{offer.name}" has the unknown closed group "{offer.closed_group}"',
                "add its number ranges",
            )
    return tuple(member for member, _ in found)


def _check_ranges(found: list[tuple[MemberRange, Row]]) -> None:
    ordered = sorted(found, key=lambda each: (each[0].closed_group, each[0].first))
    for (one, _), (other, row) in itertools.pairwise(ordered):
        if one.closed_group == other.closed_group and other.first <= one.last:
            row.note("the range overlaps another of its group", "join the two ranges")
