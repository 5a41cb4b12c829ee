"""A version of the prices, row by row, in words that a subscriber knows."""

from collections.abc import Mapping, Sequence
from typing import Final

from tenure.gateways.web.translate.lines import Wording
from tenure.gateways.web.translate.updates import shown_prices
from tenure.gateways.web.wire.pages.prices import PriceLine, PriceList
from tenure.promises.tariffs import rules
from tenure.promises.tariffs.model import UNIT_OF, PriceRow, PriceStep, PublishedVersion, Service
from tenure.terms.model import Terms
from tenure.terms.pricelist import ANY, Version
from tenure.values.money import words as money
from tenure.values.quantity import Unit

PPM: Final = 1_000_000
DAY_MINUTES: Final = 24 * 60
WORDS: Final = {
    "en": {
        "voice out": "Calls to: {zone}",
        "voice in": "Calls received",
        "sms out": "Texts to: {zone}",
        "sms in": "Texts received",
        "mms out": "Multimedia messages to: {zone}",
        "mms in": "Multimedia messages received",
        "data -": "Data: {zone}",
        "content -": "Purchases: {zone}",
        "else": "everything else",
        "there": "{what}; while in: {visited}",
        "always": "at any time",
        "day": "by day",
        "night": "at night",
        "weekend": "at weekends",
        "message": "message",
        "per": "{price} for {per}",
        "from": "from {start}: {price}",
        "by": "counted by {each}",
        "connect": "{price} to connect",
        "least": "at least {least}",
        "tax": "tax {share} % contained",
        "as asked": "the price that is asked",
        "none": "no price",
    },
    "km": {
        "voice out": "ការហៅទៅ៖ {zone}",
        "voice in": "ការហៅចូល",
        "sms out": "សារ SMS ទៅ៖ {zone}",
        "sms in": "សារ SMS ចូល",
        "mms out": "សារ MMS ទៅ៖ {zone}",
        "mms in": "សារ MMS ចូល",
        "data -": "ទិន្នន័យ៖ {zone}",
        "content -": "ការទិញ៖ {zone}",
        "else": "ផ្សេងទៀត",
        "there": "{what} ពេលស្នាក់នៅ៖ {visited}",
        "always": "គ្រប់ពេល",
        "day": "ពេលថ្ងៃ",
        "night": "ពេលយប់",
        "weekend": "ចុងសប្តាហ៍",
        "message": "សារ",
        "per": "{price} ក្នុង {per}",
        "from": "ចាប់ពី {start}៖ {price}",
        "by": "គិតម្តង {each}",
        "connect": "ថ្លៃភ្ជាប់ {price}",
        "least": "យ៉ាងតិច {least}",
        "tax": "រួមទាំងពន្ធ {share} %",
        "as asked": "តាមតម្លៃដែលហាងកំណត់",
        "none": "គ្មានតម្លៃ",
    },
    "id": {
        "voice out": "Panggilan ke: {zone}",
        "voice in": "Panggilan masuk",
        "sms out": "SMS ke: {zone}",
        "sms in": "SMS masuk",
        "mms out": "MMS ke: {zone}",
        "mms in": "MMS masuk",
        "data -": "Data: {zone}",
        "content -": "Pembelian: {zone}",
        "else": "lainnya",
        "there": "{what}; saat berada di: {visited}",
        "always": "kapan saja",
        "day": "siang hari",
        "night": "malam hari",
        "weekend": "akhir pekan",
        "message": "pesan",
        "per": "{price} per {per}",
        "from": "mulai {start}: {price}",
        "by": "dihitung per {each}",
        "connect": "{price} saat tersambung",
        "least": "paling sedikit {least}",
        "tax": "termasuk pajak {share} %",
        "as asked": "sesuai harga yang diminta",
        "none": "tanpa harga",
    },
}
"""Names of bands are the pack's; those that have no word here are shown as the pack writes them."""


def price_list(
    said: Wording, known: Sequence[PublishedVersion], version: str, language: str
) -> PriceList | None:
    """A published version of the prices; None if the record or the pack has no such."""
    listed = {one.version: one for one in shown_prices(said, known, language)}
    order = [one for one in said.prices if one.version_id in listed]
    place = next((at for at, one in enumerate(order) if one.version_id == version), None)
    if place is None:
        return None
    new, former = order[place], order[place - 1] if place else None
    each = tuple(_line((said, new, language), row, steps) for row, steps in _in_order(said, new))
    if former is None:
        return PriceList(listed[version], "", (), each)
    before, after = rules.by_row(former), rules.by_row(new)
    differs = tuple(
        _line((said, new, language), one.row, after.get(one.row, ()), before.get(one.row, ()))
        for one in rules.changes(former, new)
    )
    return PriceList(listed[version], former.version_id, differs, each)


def _in_order(said: Wording, version: Version) -> list[tuple[PriceRow, tuple[PriceStep, ...]]]:
    """Offer after offer, as the pack has them; within one in the order of the price list."""
    offers = [one.name for one in said.terms.offers]
    found = rules.by_row(version).items()
    return sorted(found, key=lambda one: offers.index(one[0].offer))


def _line(
    about: tuple[Wording, Version, str],
    row: PriceRow,
    steps: Sequence[PriceStep],
    former: Sequence[PriceStep] | None = None,
) -> PriceLine:
    said, version, language = about
    words, places = WORDS[language], said.places[language]
    zone = words["else"] if row.zone == ANY else places.get(f"zone-{row.zone}", row.zone)
    what = words[f"{row.service} {row.direction}"].format(zone=zone)
    if row.visited:
        visited = places.get(f"zone-{row.visited}", row.visited)
        what = words["there"].format(what=what, visited=visited)
    return PriceLine(
        places.get(f"offer-{row.offer}", row.offer),
        what,
        words["always"] if row.band == ANY else _when(version, words, row.band),
        _price(said.terms, words, row, steps),
        "" if former is None else _price(said.terms, words, row, former),
    )


def _when(version: Version, words: Mapping[str, str], band: str) -> str:
    """A band by its name, with its hours where they are the same on each of its days."""
    name = words.get(band, band)
    spans = sorted(
        {(one.from_minute, one.until_minute) for one in version.bands if one.band == band}
    )
    match spans:
        case [(0, after), (before, until)] if until == DAY_MINUTES:
            return f"{name}, {_clock(before)}–{_clock(after)}"
        case [(first, last)] if last - first < DAY_MINUTES:
            return f"{name}, {_clock(first)}–{_clock(last)}"
    return name


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _price(
    terms: Terms, words: Mapping[str, str], row: PriceRow, steps: Sequence[PriceStep]
) -> str:
    """A price as it is published, with all that decides what is charged."""
    if not steps:
        return words["none"]
    unit = UNIT_OF[Service[row.service.upper()]]
    told = [_step(terms, words, unit, step) for step in steps]
    first = steps[0]
    if first.connect_fee_micros:
        price = money(first.connect_fee_micros, terms.currency)
        told.append(words["connect"].format(price=price))
    if first.minimum_units:
        least = _quantity(terms, words, unit, first.minimum_units)
        told.append(words["least"].format(least=least))
    if first.tax_ppm:
        told.append(words["tax"].format(share=f"{first.tax_ppm * 100 / PPM:g}"))
    return "; ".join(told)


def _step(terms: Terms, words: Mapping[str, str], unit: Unit, step: PriceStep) -> str:
    if unit is Unit.MICROS and step.price_micros == step.per_units:
        return words["as asked"]
    price = words["per"].format(
        price=money(step.price_micros, terms.currency),
        per=_quantity(terms, words, unit, step.per_units),
    )
    if step.increment_units != step.per_units:
        each = _quantity(terms, words, unit, step.increment_units)
        price = f"{price}, {words['by'].format(each=each)}"
    if not step.from_units:
        return price
    start = _quantity(terms, words, unit, step.from_units)
    return words["from"].format(start=start, price=price)


def _quantity(terms: Terms, words: Mapping[str, str], unit: Unit, units: int) -> str:
    if unit is Unit.MESSAGES:
        return f"{units} {words['message']}"
    return rules.amount(terms, unit, units)
