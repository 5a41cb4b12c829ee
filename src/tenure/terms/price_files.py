"""tariffs/: the published versions of the price list, their bands and their rows."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tenure.terms.documents import Folder, Row, Section
from tenure.terms.model import Metering, Offer
from tenure.terms.plan_files import NAME
from tenure.terms.pricelist import (
    ANY,
    ANY_PARTY,
    NOWHERE,
    PLACES,
    BandSpan,
    RateRow,
    Version,
    Zone,
)
from tenure.terms.problems import UnreadableError
from tenure.terms.quantities import (
    UNIT_OF_SERVICE,
    Measures,
    micros,
    minute_of_day,
    parts_per_million,
)
from tenure.values.instant import NEVER, Instant, moment_of
from tenure.values.money import Rounding

VERSION_ID = r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}"
LANGUAGE = r"[a-z]{2}"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COLUMNS = (
    "offer",
    "service",
    "direction",
    "zone",
    "visited",
    "band",
    "from",
    "until",
    "price",
    "per",
    "increment",
    "connect_fee",
    "minimum",
    "tax",
    "clause",
)
CLAUSES_OF_SERVICE = {
    "voice": "GTC-VOICE",
    "sms": "GTC-TEXT",
    "mms": "GTC-TEXT",
    "data": "GTC-DATA",
    "content": "GTC-DCB",
}


class Setting(msgspec.Struct, frozen=True):
    """What the rows of a price list refer to."""

    offers: tuple[Offer, ...]
    zones: dict[str, Zone]
    measures: Measures
    metering: Metering
    time_zone: str


class Draft(msgspec.Struct, frozen=True):
    """A version with the places of its figures, for checks that compare versions."""

    version: Version
    section: Section

    @property
    def rates_file(self) -> str:
        """The price list of this version."""
        return f"tariffs/{self.version.version_id}/rates.csv"


def read_versions(folder: Folder, setting: Setting) -> list[Draft]:
    """Every version folder, in the order in which the versions take effect."""
    tariffs = folder.path / "tariffs"
    names = (
        sorted(path.name for path in tariffs.iterdir() if path.is_dir())
        if (tariffs.is_dir())
        else []
    )
    if not names:
        folder.note("tariffs", 0, "there is no version", "add tariffs/2026-01/version.toml")
    drafts = [_version(folder, name, setting) for name in names]
    return sorted(drafts, key=lambda draft: draft.version.effective_from)


def _version(folder: Folder, name: str, setting: Setting) -> Draft:
    top = folder.toml(f"tariffs/{name}/version.toml")
    section = top.section("version")
    if not re.fullmatch(VERSION_ID, name, re.ASCII):
        section.note("version", f'the folder name "{name}" is no version id', 'use "2026-01"')
    published = _instant(section, "published_at", setting)
    effective = _instant(section, "effective_from", setting)
    until = (
        _instant(section, "effective_until", setting) if section.has("effective_until") else None
    )
    rounding = section.choice("rounding", tuple(each.value for each in Rounding))
    tax = top.section("tax")
    tax_ppm = tax.share("rate", "10 %")
    bands = _bands(top)
    summary = _summary(top)
    for each in (section, tax, top):
        each.done()
    if until is not None and effective is not None and until <= effective:
        section.note("effective_until", "the version ends before it begins", "correct the dates")
    rows = _rates(folder, name, setting, frozenset(span.band for span in bands), tax_ppm)
    version = Version(
        version_id=name,
        published_at=published or Instant(0),
        effective_from=NEVER if effective is None else effective,
        effective_until=until,
        rounding=Rounding(rounding)
        if rounding in {each.value for each in Rounding}
        else (Rounding.DOWN),
        bands=bands,
        rows=rows,
        summary=summary,
    )
    return Draft(version=version, section=section)


def _summary(top: Section) -> dict[str, str]:
    """GTC-CHANGE: what changed, in the languages in which subscribers are told; may be left out."""
    if not top.has("summary"):
        return {}
    section = top.section("summary")
    found = {
        language: section.text(language, "calls to other networks cost less")
        for language in section.values
        if re.fullmatch(LANGUAGE, language, re.ASCII)
    }
    section.done()
    return found


def _instant(section: Section, key: str, setting: Setting) -> Instant | None:
    """An instant whose offset is the one that the operator's clocks show."""
    at = section.instant(key)
    value = section.values.get(key)
    if at is not None and isinstance(value, datetime):
        local = moment_of(at).astimezone(ZoneInfo(setting.time_zone))
        if local.utcoffset() != value.utcoffset():
            section.note(
                key,
                f"{key} is not in the operator's time zone {setting.time_zone}",
                f"write {key} = {local.isoformat()}",
            )
    return at


def _bands(top: Section) -> tuple[BandSpan, ...]:
    """The bands of a week; together they cover every minute of every day exactly once."""
    spans: list[BandSpan] = []
    minutes: list[list[str]] = [[""] * 1440 for _ in WEEKDAYS]
    sections = top.sections("band")
    for section in sections:
        name = section.matching("name", NAME, "night")
        days = section.texts("days", "|".join(WEEKDAYS), "mon") if section.has("days") else WEEKDAYS
        periods = _periods(section)
        section.done()
        for weekday, day in enumerate(WEEKDAYS):
            for start, end in periods if day in days else ():
                taken = next((each for each in minutes[weekday][start:end] if each), None)
                if taken is not None:
                    section.note(
                        "from",
                        f'the band "{name}" overlaps the band "{taken}" on {day}',
                        "let one end where the other begins",
                    )
                    return tuple(spans)
                minutes[weekday][start:end] = [name] * (end - start)
                spans.append(BandSpan(name, weekday, start, end))
    _note_gap(top, sections, minutes)
    return tuple(sorted(spans, key=lambda span: (span.weekday, span.from_minute)))


def _periods(section: Section) -> list[tuple[int, int]]:
    start = section.quantity("from", "06:00", minute_of_day)
    end = section.quantity("until", "22:00", minute_of_day)
    if start < end:
        return [(start, end)]
    return [period for period in ((0, end), (start, 1440)) if period[0] < period[1]]


def _note_gap(top: Section, sections: list[Section], minutes: list[list[str]]) -> None:
    for weekday, day in enumerate(minutes):
        if sections and "" in day:
            start = day.index("")
            top.folder.note(
                top.file,
                sections[-1].line,
                f"no band holds on {WEEKDAYS[weekday]} at {start // 60:02}:{start % 60:02}",
                "let the bands cover the day from 00:00 to 24:00",
                sections[-1].clause,
            )
            return


def _rates(
    folder: Folder, name: str, setting: Setting, bands: frozenset[str], tax_ppm: int
) -> tuple[RateRow, ...]:
    file = f"tariffs/{name}/rates.csv"
    rows = []
    for row in folder.table(file, COLUMNS):
        found = _rate(row, setting, bands, tax_ppm)
        if found is not None:
            rows.append(found)
    return tuple(rows)


def _rate(row: Row, setting: Setting, bands: frozenset[str], tax_ppm: int) -> RateRow | None:
    service = row.choice("service", tuple(UNIT_OF_SERVICE))
    if service not in UNIT_OF_SERVICE:
        return None
    folder, before = row.folder, len(row.folder.problems)
    folder.knows_clause(row.file, row.line, row.cells["clause"])
    _check_names(row, service, setting, bands)
    unit = UNIT_OF_SERVICE[service]

    def units(text: str) -> int:
        counted = setting.measures.units(text, unit)
        if counted == 0:
            raise UnreadableError(f'"{text}" is nothing', "leave the cell empty, or write more")
        return counted

    def start(text: str) -> int:
        return setting.measures.units(text, unit)

    if not row.cells["price"] or not row.cells["per"]:
        row.note("the row has no price", "give price and per, such as 0.05 and 1 min")
    until = row.understood("until", units, 0)
    found = RateRow(
        offer=row.cells["offer"],
        service=service,
        direction=row.cells["direction"],
        zone=row.cells["zone"],
        visited=row.cells["visited"],
        band=row.cells["band"],
        from_units=row.understood("from", start, 0),
        until_units=until or None,
        price_micros=row.understood("price", micros, 0),
        per_units=row.understood("per", units, 1),
        increment_units=row.understood("increment", units, _increment(row, setting.metering)),
        connect_fee_micros=row.understood("connect_fee", micros, 0),
        minimum_units=row.understood("minimum", start, 0),
        tax_ppm=row.understood("tax", parts_per_million, tax_ppm),
        line=row.line,
    )
    return found if len(folder.problems) == before else None


def _increment(row: Row, metering: Metering) -> int:
    """GTC-VOICE, GTC-DATA, GTC-ROAM: the increment where the row states no other."""
    roaming = bool(row.cells["visited"])
    if row.cells["service"] == "voice":
        home, away = metering.voice_increment_seconds, metering.roaming_voice_increment_seconds
    elif row.cells["service"] == "data":
        home, away = metering.data_increment_octets, metering.roaming_data_increment_octets
    else:
        home, away = 1, 1
    return away if roaming else home


def _check_names(row: Row, service: str, setting: Setting, bands: frozenset[str]) -> None:
    offers = [offer.name for offer in setting.offers]
    if row.cells["offer"] not in offers:
        row.note(f'unknown offer "{row.cells["offer"]}"', f"the offers are {', '.join(offers)}")
    directed = service in {"voice", "sms", "mms"}
    directions = ("out", "in") if directed else (NOWHERE,)
    direction = row.choice("direction", directions)
    visited = row.cells["visited"]
    if visited and (visited not in setting.zones or setting.zones[visited].kind != "visited"):
        row.note(f'unknown visited zone "{visited}"', "add it to zones.csv with kind visited")
    if row.cells["band"] not in {ANY, *bands}:
        names = ", ".join(sorted(bands)) or "none"
        row.note(f'unknown band "{row.cells["band"]}"', f"the bands are {names}; * is every band")
    zone = row.cells["zone"]
    if zone == ANY or direction not in directions:
        return
    allowed = _zones_for(service, direction, visited, setting.zones)
    if zone not in allowed:
        row.note(
            f'unknown zone "{zone}" for {service} {direction}',
            f"the zones are {', '.join(allowed)}, or * for all",
        )
    elif zone in setting.zones and setting.zones[zone].always:
        row.note(f'the zone "{zone}" is always reachable, so it is free', "remove this line")


def _zones_for(
    service: str,
    direction: str,
    visited: str,
    zones: dict[str, Zone],
) -> list[str]:
    if direction == "in":
        return [ANY_PARTY]
    kinds = {"destination", "short", "group"} if service in {"voice", "sms", "mms"} else {service}
    places = list(PLACES) if visited and "destination" in kinds else []
    return places + [zone.name for zone in zones.values() if zone.kind in kinds]
