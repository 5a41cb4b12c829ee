"""The page of a phone: its texts, its keys, and what stands on its screen."""

import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import phonenumbers
from litestar import Litestar, MediaType, Response, get, post
from litestar.exceptions import ClientException
from litestar.params import FromQuery, JSONBody
from litestar.types import ASGIApp

from tenure.commands.demo.handset.centre import Centre
from tenure.commands.demo.handset.dialling import Dialling
from tenure.commands.demo.handset.orders import Orders, Phone
from tenure.commands.demo.handset.words import ENGLISH, WORDS, words_of
from tenure.gateways.web.server.guard import allowed_hosts, guarded
from tenure.values.msisdn import Msisdn

KEYS: Final = "123456789*0#"
DIALLED: Final = re.compile(r"[*#0-9]{1,64}")
TEXT_CHARS_MAX: Final = 1_600
"""As much as phones let people write."""
SHORT: Final = re.compile(r"[0-9A-Za-z]{1,15}")

SPOKEN: Final = ("unsent", "over", "trouble", "waiting")
"""The words that the script shows."""
FOLDER: Final = resources.files("tenure.commands.demo.handset")
PHONE: Final = Template((FOLDER / "phone.html").read_text(encoding="utf-8"))


class Dialled(msgspec.Struct):
    """What somebody dials, or answers in a dialogue."""

    number: str
    said: str
    session_id: str = ""

    def __repr__(self) -> str:
        return "Dialled()"


class Written(msgspec.Struct):
    """What somebody writes."""

    number: str
    to: str
    text: str

    def __repr__(self) -> str:
        return "Written()"


def application(orders: Orders, centre: Centre, dialling: Dialling) -> ASGIApp:
    """The page as an ASGI application, for browsers on this machine."""
    hosts = allowed_hosts(orders.host, orders.page_port)
    handlers = [*_pages(orders), *_texts(orders, centre), *_dialogues(orders, dialling), *_files()]
    app = Litestar(route_handlers=handlers, openapi_config=None, logging_config=None)
    return guarded(app, hosts, f"http://localhost:{orders.page_port}")


def msisdn_of(typed: str, country_code: str) -> Msisdn | None:
    """A number as somebody writes it here; None for what is none."""
    region = phonenumbers.region_code_for_country_code(int(country_code))
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return Msisdn(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:])


def _pages(orders: Orders) -> list[Any]:
    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def phone(number: FromQuery[str] = "", language: FromQuery[str] = "") -> Response[str]:
        known = {one.msisdn: one for one in orders.phones}
        asked = msisdn_of(number or orders.phones[0].shown, orders.country_code)
        found = None if asked is None else known.get(str(asked))
        chosen = language if language in WORDS else ""
        spoken = chosen or (found.language if found else ENGLISH)
        shown = number if asked is None else _shown(orders, asked)
        head = _languages(orders, shown, spoken)
        body = _body(orders, shown, asked, spoken if chosen else "", words_of(spoken))
        return Response(_page(orders, spoken, head, body), media_type=MediaType.HTML)

    return [phone]


def _named(number: str, orders: Orders) -> Msisdn:
    msisdn = msisdn_of(number, orders.country_code)
    if msisdn is None:
        raise ClientException("this is no number")
    return msisdn


def _texts(orders: Orders, centre: Centre) -> list[Any]:
    @get("/texts", sync_to_thread=False)
    def texts(number: FromQuery[str], after: FromQuery[int] = 0) -> list[dict[str, Any]]:
        kept = centre.drawer.after(_named(number, orders), after)
        return [msgspec.to_builtins(one) for one in kept]

    @post("/texts", sync_to_thread=False)
    def write(data: JSONBody[Written]) -> dict[str, bool]:
        msisdn = _named(data.number, orders)
        if not SHORT.fullmatch(data.to) or len(data.text) > TEXT_CHARS_MAX:
            raise ClientException("this is no text to a short number")
        return {"sent": centre.send(msisdn, data.to, data.text)}

    return [texts, write]


def _dialogues(orders: Orders, dialling: Dialling) -> list[Any]:
    @post("/dialled")
    async def dial(data: JSONBody[Dialled]) -> dict[str, Any]:
        msisdn = _named(data.number, orders)
        if data.session_id:
            screen = await dialling.answer(data.session_id, msisdn, data.said)
            return {} if screen is None else dict(msgspec.to_builtins(screen))
        if not DIALLED.fullmatch(data.said):
            raise ClientException("this cannot be dialled")
        return dict(msgspec.to_builtins(await dialling.dial(msisdn, data.said)))

    return [dial]


def _page(orders: Orders, language: str, head: str, body: str) -> str:
    words = words_of(language)
    title = f"{words['title']} · {orders.operator}"
    return (
        f"<!doctype html><html lang='{escape(language)}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel='stylesheet' href='/handset.css'>"
        "<link rel='icon' href='/handset.svg' type='image/svg+xml'>"
        "<script src='/handset.js' defer></script></head>"
        f"<body><header>{head}<h1>{escape(words['title'])}</h1>"
        f"<p>{escape(words['invented'])}</p></header>{body}</body></html>"
    )


def _languages(orders: Orders, shown: str, spoken: str) -> str:
    """The page in the other languages of these phones."""
    offered = {ENGLISH, *(phone.language for phone in orders.phones)} & WORDS.keys()
    links = (
        f"<a href='/?{escape(urlencode({'number': shown, 'language': language}))}'"
        f" lang='{language}'{' aria-current=true' * (language == spoken)}>"
        f"{escape(WORDS[language]['own'])}</a>"
        for language in sorted(offered)
    )
    return f"<nav class='languages'>{''.join(links)}</nav>"


def _body(
    orders: Orders, shown: str, msisdn: Msisdn | None, chosen: str, words: Mapping[str, str]
) -> str:
    kept = f"<input type='hidden' name='language' value='{escape(chosen)}'>" if chosen else ""
    chooser = (
        f"<form class='choose' method='get' action='/'>{kept}"
        f"<label for='number'>{escape(words['number'])}</label>"
        "<input id='number' name='number' list='phones' autocomplete='off' inputmode='tel'"
        f" value='{escape(shown)}'>"
        f"<datalist id='phones'>{''.join(map(_choice, orders.phones))}</datalist>"
        f"<button>{escape(words['open'])}</button></form>"
    )
    if msisdn is None:
        return f"<main>{chooser}<p role='alert'>{escape(words['wrong'])}</p></main>"
    return f"<main>{chooser}{_phone(orders, msisdn, words)}</main>"


def _choice(phone: Phone) -> str:
    return f"<option value='{escape(phone.shown)}'>{escape(phone.language)}</option>"


def _shown(orders: Orders, msisdn: Msisdn) -> str:
    known = (one.shown for one in orders.phones if one.msisdn == msisdn)
    return next(known, f"+{msisdn}")


def _phone(orders: Orders, msisdn: Msisdn, words: Mapping[str, str]) -> str:
    spoken = msgspec.json.encode({key: words[key] for key in SPOKEN}).decode()
    told = {key: escape(text) for key, text in words.items()}
    return PHONE.substitute(
        told,
        msisdn=escape(msisdn),
        said=escape(spoken),
        chars=str(TEXT_CHARS_MAX),
        first_short=escape(next(iter(orders.short_codes), "")),
        shorts="".join(f"<option value='{escape(code)}'></option>" for code in orders.short_codes),
        codes="".join(map(_code, orders.codes)),
        keys="".join(f"<button type='button' data-key='{key}'>{key}</button>" for key in KEYS),
    )


def _code(code: str) -> str:
    return f"<button type='button' data-dial='{escape(code)}'>{escape(code)}</button>"


def _files() -> list[Any]:
    look = (FOLDER / "handset.css").read_text(encoding="utf-8")
    script = (FOLDER / "handset.js").read_text(encoding="utf-8")
    drawing = (FOLDER / "handset.svg").read_text(encoding="utf-8")

    @get("/handset.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
    def style_sheet() -> str:
        return look

    @get("/handset.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def code() -> str:
        return script

    @get("/handset.svg", media_type="image/svg+xml; charset=utf-8", sync_to_thread=False)
    def icon() -> str:
        return drawing

    return [style_sheet, code, icon]
