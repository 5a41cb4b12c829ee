"""The command ``tenure rate``: prices one usage and explains it; it needs no database."""

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Final, NoReturn
from zoneinfo import ZoneInfo

import msgspec
import typer

from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import (
    UNIT_OF,
    Direction,
    Price,
    Route,
    Service,
    Use,
)
from tenure.terms.pack import load
from tenure.terms.pricelist import Pack
from tenure.terms.problems import UnreadableError, UnusablePackError
from tenure.terms.quantities import micros
from tenure.values.instant import SECOND_MS, Instant, instant_of, moment_of, parse_instant
from tenure.values.money import words
from tenure.values.refused import Refused

app = typer.Typer(no_args_is_help=True)

FAILED, ASKED_WRONGLY = 1, 2
PRICES: Final = "as the pack announces them; tenure tariff show: which are in force"

Visited = Annotated[str, typer.Option(help="MCC and MNC of the visited network, such as 52001.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
To = Annotated[str, typer.Option(help="The other number, as it is dialled.")]
Incoming = Annotated[bool, typer.Option("--incoming", help="Received, not sent.")]


class Question(msgspec.Struct, frozen=True):
    """What every usage is priced with."""

    pack: Pack
    book: tariffs.Book
    offer: str
    at: Instant
    as_json: bool


@app.callback()
def rate(
    context: typer.Context,
    operator: Annotated[
        str, typer.Option(help="A name under operators/, or the path of a pack.")
    ] = "smart-kh",
    offer: Annotated[str, typer.Option(help="An offer of the pack; its first without this.")] = "",
    at: Annotated[
        str, typer.Option(help="When the usage began, such as 2026-09-30T23:58:10+07:00.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Price one usage by an operator's published terms and explain it, without a database.

    A version whose day comes is in force only if everybody was told of it in time (tenure tariff
    show).  Allowances and balances play no part: this is the price on its own.
    Exit code 0: it has a price.  1: it has none.  2: the question cannot be understood.

    Example: tenure rate --operator smart-kh --at 2026-09-30T23:58:10+07:00
    voice --to 012999888 --seconds 250
    """
    try:
        pack = load(operator)
    except UnusablePackError as error:
        _asked_wrongly(str(error))
    try:
        instant = parse_instant(at) if at else instant_of(datetime.now(UTC))
    except ValueError as error:
        _asked_wrongly(f"--at: {error}; write it like 2026-09-30T23:58:10+07:00")
    book = tariffs.compile_book(pack)
    name = offer or pack.terms.offers[0].name
    context.obj = Question(pack=pack, book=book, offer=name, at=instant, as_json=as_json)


@app.command()
def voice(
    context: typer.Context,
    seconds: Annotated[int, typer.Option(min=0, help="From initiation to disconnection.")],
    to: To = "",
    visited: Visited = "",
    incoming: Incoming = False,
    as_json: Json = False,
) -> None:
    """Price a call.

    Example: tenure rate voice --to 012999888 --seconds 95
    """
    _sent(incoming, to)
    _answer(context.obj, _use(Service.VOICE, to, visited, incoming), seconds, as_json)


@app.command()
def sms(
    context: typer.Context,
    to: To = "",
    count: Annotated[int, typer.Option(min=0, help="How many messages.")] = 1,
    visited: Visited = "",
    incoming: Incoming = False,
    as_json: Json = False,
) -> None:
    """Price a text.

    Example: tenure rate sms --to +66812345678
    """
    _sent(incoming, to)
    _answer(context.obj, _use(Service.SMS, to, visited, incoming), count, as_json)


@app.command()
def mms(
    context: typer.Context,
    to: To = "",
    count: Annotated[int, typer.Option(min=0, help="How many messages.")] = 1,
    visited: Visited = "",
    incoming: Incoming = False,
    as_json: Json = False,
) -> None:
    """Price a multimedia message.

    Example: tenure rate mms --to 010234567
    """
    _sent(incoming, to)
    _answer(context.obj, _use(Service.MMS, to, visited, incoming), count, as_json)


@app.command()
def data(
    context: typer.Context,
    octets: Annotated[int, typer.Option(min=0, help="Sent plus received.")],
    rating_group: Annotated[
        int, typer.Option(min=0, help="As in rating_groups.csv; 0 is default data.")
    ] = 0,
    visited: Visited = "",
    as_json: Json = False,
) -> None:
    """Price data.

    Example: tenure rate data --rating-group 100 --octets 1500000 --visited 52001
    """
    use = Use(Service.DATA, Direction.OUT, visited_plmn=visited, rating_group=rating_group)
    _answer(context.obj, use, octets, as_json)


@app.command()
def content(
    context: typer.Context,
    amount: Annotated[str, typer.Option(help="What the store asks, such as 1.99.")],
    as_json: Json = False,
) -> None:
    """Price a purchase by carrier billing.

    Example: tenure rate content --amount 1.99
    """
    try:
        asked_micros = micros(amount)
    except UnreadableError as error:
        _asked_wrongly(f"--amount: {error.what}; {error.remedy}")
    _answer(context.obj, Use(Service.CONTENT, Direction.OUT), asked_micros, as_json)


def _asked_wrongly(message: str) -> NoReturn:
    sys.stderr.write(f"tenure rate: {message}\n")
    raise typer.Exit(ASKED_WRONGLY)


def _sent(incoming: bool, to: str) -> None:
    if not incoming and not to:
        _asked_wrongly("no number is given; add --to NUMBER, or --incoming")


def _use(service: Service, to: str, visited: str, incoming: bool) -> Use:
    direction = Direction.IN if incoming else Direction.OUT
    return Use(service, direction, other_party=to, visited_plmn=visited)


def _answer(question: Question, use: Use, used_units: int, as_json: bool) -> None:
    book, offer, at = question.book, question.offer, question.at
    as_json = as_json or question.as_json
    route = tariffs.route(book, offer, use)
    if isinstance(route, Refused):
        _refused(route.refusal.name, route.detail, as_json)
    else:
        price = tariffs.price(book, offer, route, at, used_units, at)
        if isinstance(price, Refused):
            _refused(price.refusal.name, price.detail, as_json)
        elif as_json:
            facts = _facts(question, route, price, used_units)
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(_explained(question, route, price, used_units))


def _refused(name: str, detail: str, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"refusal": name, "detail": detail}) + "\n")
    else:
        sys.stderr.write(f"tenure rate: no price ({name}): {detail}\n")
    raise typer.Exit(FAILED)


def _facts(question: Question, route: Route, price: Price, used_units: int) -> dict[str, object]:
    """The price for a program."""
    return {
        "operator": question.pack.terms.operator,
        "offer": question.offer,
        "prices": PRICES,
        "currency": question.pack.terms.currency,
        "micros": price.micros,
        "exact_micros": [price.numerator, price.denominator],
        "rounding": price.rounding.value,
        "tax_micros": price.tax_micros,
        "connect_fee_micros": price.connect_fee_micros,
        "route": route.key,
        "always": route.always,
        "unit": UNIT_OF[route.service].name.lower(),
        "used_units": used_units,
        "charged_units": price.position_units,
        "runs": [
            {
                "units": run.units,
                "price_micros": run.price_micros,
                "per_units": run.per_units,
                "increment_units": run.increment_units,
                "rate": run.rate_id,
            }
            for run in price.runs
        ],
        "allowances": _allowances(question, route),
    }


def _explained(question: Question, route: Route, price: Price, used_units: int) -> str:
    """The price for a person."""
    book, currency = question.book, question.pack.terms.currency
    unit = UNIT_OF[route.service]
    lines = [f"{words(price.micros, currency)} for {_what(question, route)}", ""]

    def tell(title: str, text: str) -> None:
        lines.append(f"    {title:<11} {text}")

    tell("offer", question.offer)
    tell("prices", PRICES)
    tell("route", route.key + (", always reachable" if route.always else ""))
    tell("began", _clock(question, question.at))
    if route.service is Service.VOICE:
        tell("ended", _clock(question, Instant(question.at + used_units * SECOND_MS)))
    tell("used", tariffs.quantity(book, unit, used_units))
    tell("charged", tariffs.quantity(book, unit, price.position_units))
    if price.connect_fee_micros:
        tell("connecting", words(price.connect_fee_micros, currency))
    for run in price.runs:
        tell("", tariffs.run_words(book, unit, run))
    tell("exact", tariffs.fraction(price.numerator, price.denominator, currency))
    tell("rounding", tariffs.rounding_words(price))
    tell("tax", f"{words(price.tax_micros, currency)}, contained in the price")
    if allowances := _allowances(question, route):
        tell("free with", f"an allowance of {', '.join(allowances)}")
    return "\n".join(lines) + "\n"


def _what(question: Question, route: Route) -> str:
    """The usage in words, without the number that was dialled."""
    terms = question.pack.terms
    language = "en" if "en" in terms.languages else terms.prevailing_language
    texts = question.pack.texts[language]
    service, direction, place = route.key.split("/", 2)
    zone, _, visited = place.partition("@")
    what = {"voice": "a call", "sms": "a text", "mms": "a multimedia message"}.get(service, service)
    name = texts.get(f"zone-{zone}", zone)
    if direction == "out":
        what += f" to {name}"
    elif direction == "in":
        what += " received"
    else:
        what += f": {name}"
    if visited:
        what += f", roaming in {texts.get(f'zone-{visited}', visited)}"
    return what


def _clock(question: Question, at: Instant) -> str:
    """What the operator's clocks show."""
    zone = question.pack.terms.time_zone
    local = moment_of(at).astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S} ({zone})"


def _allowances(question: Question, route: Route) -> list[str]:
    """The bundles that would pay for it."""
    return [
        bundle.name
        for bundle in question.pack.terms.bundles
        if not route.always
        and any(
            tariffs.covers(question.book, allowance.name, route.key)
            for allowance in bundle.allowances
        )
    ]
