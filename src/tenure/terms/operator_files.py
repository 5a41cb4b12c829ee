"""operator.toml and terms.toml: who the operator is, and the figures of its general terms."""

from zoneinfo import ZoneInfo, available_timezones

import msgspec

from tenure.terms.access_files import read_access
from tenure.terms.currencies import EXPONENTS, WITHOUT_EXPONENT
from tenure.terms.documents import Folder, Section
from tenure.terms.keeping_files import read_keeping
from tenure.terms.model import (
    Access,
    Change,
    Contact,
    Denomination,
    Keeping,
    Lifecycle,
    Metering,
    NoticeRules,
    Postpaid,
    Promo,
    Quota,
    TopUps,
    Usage,
    Vouchers,
)
from tenure.terms.notice_files import read_notices
from tenure.terms.notice_kinds import NoticeClass
from tenure.terms.quantities import UNIT_OF_SERVICE, Measures
from tenure.values.money import MICROS

KILOBYTES = (1000, 1024)
DAYS_MAX = 3660
DIGITS = r"\d{1,15}"


class Operator(msgspec.Struct, frozen=True):
    """What operator.toml says."""

    operator: str
    name: str
    country: str
    currency: str
    exponent: int
    time_zone: str
    languages: tuple[str, ...]
    prevailing_language: str
    country_code: str
    national_prefix: str
    international_prefixes: tuple[str, ...]
    short_digits_max: int
    home_plmns: tuple[str, ...]
    emergency_numbers: tuple[str, ...]
    contact: Contact
    redirect_url: str


class Figures(msgspec.Struct, frozen=True):
    """What terms.toml says."""

    lifecycle: Lifecycle
    metering: Metering
    topups: TopUps
    vouchers: Vouchers
    postpaid: Postpaid
    change: Change
    promos: tuple[Promo, ...]
    quotas: dict[str, Quota]
    usage: Usage
    purchase_maximum_micros: int
    keeping: Keeping
    access: Access
    notices: dict[NoticeClass, NoticeRules]


def read_operator(folder: Folder) -> Operator:
    """Identity, currency, time, languages, numbering and contact."""
    top = folder.toml("operator.toml")
    identity = top.section("operator")
    numbering = top.section("numbering")
    emergency = top.section("emergency")
    contact = top.section("contact")
    currency, exponent = _currency(top.section("currency"))
    languages, prevailing = _languages(top.section("languages"))
    found = Operator(
        operator=identity.matching("id", r"[a-z0-9-]{2,40}", "smart-kh"),
        name=identity.text("name", "Smart Axiata"),
        country=identity.matching("country", r"[A-Z]{2}", "KH"),
        currency=currency,
        exponent=exponent,
        time_zone=_time_zone(top.section("time")),
        languages=languages,
        prevailing_language=prevailing,
        country_code=numbering.matching("country_code", r"[1-9]\d{0,2}", "855"),
        national_prefix=numbering.matching("national_prefix", r"\d{0,2}", "0"),
        international_prefixes=numbering.texts("international_prefixes", r"\d{2,6}", "00"),
        short_digits_max=numbering.whole("short_digits_max", 3, 7, 6),
        home_plmns=numbering.texts("home_plmns", r"\d{5,6}", "45606"),
        emergency_numbers=emergency.texts("numbers", r"\d{2,6}", "119"),
        contact=Contact(
            call_centre=contact.matching("call_centre", DIGITS, "888"),
            website=contact.text("website", "https://www.example.com"),
            end_advertising=contact.matching("end_advertising", DIGITS, "1204"),
        ),
        redirect_url=contact.matching("top_up_page", r"https?://\S+", "http://topup.example.com/"),
    )
    for section in (identity, numbering, emergency, contact, top):
        section.done()
    return found


def _currency(section: Section) -> tuple[str, int]:
    code = section.matching("code", r"[A-Z]{3}", "USD")
    section.done()
    if code in WITHOUT_EXPONENT:
        section.note(
            "code",
            f"the currency {code} has no exponent: ISO 4217 gives it no minor unit",
            "choose a currency that prices can be rounded to, such as USD",
        )
    elif code and code not in EXPONENTS:
        section.note(
            "code",
            f"the currency {code} has no exponent: ISO 4217 does not list it",
            "write the three letters of a listed currency, such as USD",
        )
    return code, EXPONENTS.get(code, 0)


def _time_zone(section: Section) -> str:
    name = section.text("zone", "Asia/Phnom_Penh")
    section.done()
    if name and name not in available_timezones():
        section.note(
            "zone",
            f'"{name}" is not a time zone',
            'write a name of the IANA database, such as "Asia/Phnom_Penh"',
        )
        return "UTC"
    return ZoneInfo(name).key if name else "UTC"


def _languages(section: Section) -> tuple[tuple[str, ...], str]:
    languages = section.texts("offered", r"[a-z]{2,3}", "en")
    prevailing = section.matching("prevailing", r"[a-z]{2,3}", "en")
    section.done()
    if prevailing and prevailing not in languages:
        section.note("prevailing", f"{prevailing} is not offered", "add it to offered")
    return languages, prevailing


def read_figures(folder: Folder, operator: Operator) -> tuple[Figures, Measures]:
    """The figures of the general terms, and the units that quantities are written in."""
    top = folder.toml("terms.toml")
    data = top.section("data")
    kilobyte = data.whole("kilobyte_octets", *KILOBYTES, 1024)
    if kilobyte not in KILOBYTES:
        data.note("kilobyte_octets", f"{kilobyte} octets are no kilobyte", "write 1000 or 1024")
    measures = Measures(operator.currency, kilobyte or 1024)
    dcb = top.section("carrier_billing")
    lifecycle = _lifecycle(top.section("lifecycle"))
    figures = Figures(
        lifecycle=lifecycle,
        metering=_metering(top, data, measures),
        topups=_topups(top, operator),
        vouchers=_vouchers(top.section("vouchers")),
        postpaid=_postpaid(top.section("postpaid")),
        change=_change(top.section("change")),
        promos=tuple(_promo(section) for section in top.sections("promotion")),
        quotas=_quotas(top.section("quota"), measures),
        usage=_usage(top.section("usage")),
        purchase_maximum_micros=dcb.money("purchase_maximum", "50.00"),
        keeping=read_keeping(top, lifecycle, measures, operator.time_zone),
        access=read_access(top, measures),
        notices=read_notices(top.section("notices"), measures),
    )
    if figures.quotas["content"].maximum_units > figures.purchase_maximum_micros:
        dcb.note(
            "purchase_maximum",
            "a grant of [quota.content] may be more than a purchase may cost",
            "lower its maximum, or raise purchase_maximum",
        )
    for section in (data, dcb, top):
        section.done()
    return figures, measures


def _lifecycle(section: Section) -> Lifecycle:
    found = Lifecycle(
        outgoing_blocked_days=section.whole("outgoing_blocked_days", 0, DAYS_MAX, 60),
        both_blocked_days=section.whole("both_blocked_days", 0, DAYS_MAX, 30),
    )
    section.done()
    return found


def _metering(top: Section, data: Section, measures: Measures) -> Metering:
    def seconds(text: str) -> int:
        return measures.units(text, "seconds")

    def octets(text: str) -> int:
        return measures.units(text, "octets")

    voice, text, roaming = (top.section(name) for name in ("voice", "text", "roaming"))
    found = Metering(
        voice_increment_seconds=voice.measure("increment", "1 min", seconds),
        kilobyte_octets=measures.sizes["kB"][1],
        data_increment_octets=data.measure("increment", "1 kB", octets),
        incoming_texts_charged=text.flag("incoming_charged"),
        roaming_voice_increment_seconds=roaming.measure("voice_increment", "1 s", seconds),
        roaming_data_increment_octets=roaming.measure("data_increment", "1 kB", octets),
    )
    for section in (voice, text, roaming):
        section.done()
    return found


def _topups(top: Section, operator: Operator) -> TopUps:
    topup, restore, promo, positive = (
        top.section(name) for name in ("topup", "restore", "promo", "positive_balance")
    )
    minor_micros = MICROS // 10**operator.exponent
    denominations = []
    for section in topup.sections("denomination"):
        amount = section.money("amount", "5.00")
        if amount % minor_micros:
            section.note(
                "amount",
                f"the amount is finer than the currency: {operator.currency} has "
                f"{operator.exponent} decimals",
                "round it to a whole minor unit",
            )
        days = section.whole("active_days", 1, DAYS_MAX, 30)
        section.done()
        denominations.append(Denomination(amount_micros=amount, active_days=days))
    amounts = [each.amount_micros for each in denominations]
    if len(set(amounts)) < len(amounts):
        topup.note("denomination", "a top-up amount is listed twice", "keep one of them")
    if not denominations:
        topup.note("denomination", "there is no top-up amount", "add [[topup.denomination]]")
    found = TopUps(
        denominations=tuple(denominations),
        active_period=topup.choice("active_period", ("replace", "longest")),
        restore_days=restore.whole("days", 0, DAYS_MAX, 7),
        promo_days=promo.whole("days", 1, DAYS_MAX, 30),
        positive_balance=positive.choice("rule", ("funds", "coverage")),
    )
    for section in (topup, restore, promo, positive):
        section.done()
    return found


def _vouchers(section: Section) -> Vouchers:
    found = Vouchers(
        pin_digits=section.whole("pin_digits", 10, 20, 14),
        serial_digits=section.whole("serial_digits", 8, 18, 12),
        wrong_pins_max=section.whole("wrong_pins_max", 1, 100, 5),
        locked_minutes=section.whole("locked_minutes", 1, 100_000, 60),
        shelf_days=section.whole("shelf_days", 1, DAYS_MAX, 730),
    )
    section.done()
    return found


def _postpaid(section: Section) -> Postpaid:
    found = Postpaid(penalty_ppm_per_month=section.share("penalty_per_month", "1 %"))
    section.done()
    return found


def _change(section: Section) -> Change:
    found = Change(notice_days=section.whole("notice_days", 0, DAYS_MAX, 30))
    section.done()
    return found


def _usage(section: Section) -> Usage:
    found = Usage(
        most_percent=section.whole("most_percent", 1, 99, 90),
        low_funds_micros=section.money("low_funds", "0.50"),
    )
    section.done()
    return found


def _promo(section: Section) -> Promo:
    found = Promo(
        name=section.matching("name", r"[a-z0-9-]{1,40}", "big-top-up"),
        from_amount_micros=section.money("from_amount", "5.00"),
        bonus_ppm=section.share("bonus", "10 %"),
        days=section.whole("days", 1, DAYS_MAX, 30) if section.has("days") else None,
    )
    section.done()
    return found


def _quotas(top: Section, measures: Measures) -> dict[str, Quota]:
    quotas = {}
    for service, unit in UNIT_OF_SERVICE.items():
        section = top.section(service)
        example = {"seconds": "5 min", "messages": "1 message", "octets": "10 MB"}.get(
            unit, f"1.00 {measures.currency}"
        )

        def units(text: str, unit: str = unit) -> int:
            return measures.units(text, unit)

        quota = Quota(
            default_units=section.quantity("default", example, units),
            maximum_units=section.quantity("maximum", example, units),
            validity_seconds=section.quantity(
                "validity", "30 min", lambda text: measures.units(text, "seconds")
            ),
            threshold_percent=section.whole("threshold_percent", 0, 99, 20),
            final_unit=section.choice("final_unit", ("terminate", "redirect")),
        )
        section.done()
        if not 0 < quota.default_units <= quota.maximum_units:
            section.note(
                "default",
                "the default grant is zero or above the maximum",
                "write a default between one unit and the maximum",
            )
        quotas[service] = quota
    top.done()
    return quotas
