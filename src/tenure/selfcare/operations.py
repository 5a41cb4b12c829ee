"""The doors: a text to a short number, a code that is dialled, an answer to it, and a call."""

import hashlib
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.charging.model import Ask, Request
from tenure.promises.consent.model import Way
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Notice, NoticeKind, Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.tariffs.model import Direction, Service
from tenure.selfcare import caller as callers
from tenure.selfcare import hearing, walking
from tenure.selfcare.caller import Visit
from tenure.selfcare.deeds import DEEDS
from tenure.selfcare.deeds.protecting import YES
from tenure.selfcare.desk import Desk, desk
from tenure.selfcare.hearing import Asked
from tenure.selfcare.model import (
    Caller,
    Place,
    Refusal,
    Reply,
    Screen,
    Session,
    Shown,
    Text,
)
from tenure.terms.menus import Deed
from tenure.values.instant import HOUR_MS
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused
from tenure.values.screens import OCTETS_MAX, fits

__all__ = ["PHONE", "answer", "called", "desk", "dial", "ends_marketing", "keyword"]

PHONE: Final = "<phone>"
"""Who acts: whoever has the SIM in their hands."""
UNKNOWN_WORD: Final = "unknown"
CALL: Final = "call"
NOTICES_LOOKED_AT: Final = 100
"""Of one number, newest first: the replies of an hour are among them."""
SETTLED: Final = {Deed.LOCK: YES}
"""Who writes the word has decided: no question follows it."""
CALLS: Final = frozenset({Request.INITIAL, Request.TERMINATE, Request.DEBIT})


async def keyword(tx: Transaction, desk: Desk, text: Text, act: Act) -> Reply | None:
    """Do what a text asks for, and tell its writer; None when nothing is said.

    Texts of one number are taken in turn.  The same message again does and tells nothing again.
    Nobody is answered who has no line, nor more texts an hour than the pack says: what is asked is
    done all the same, and a machine that answers our answers is soon alone.
    """
    await numbers.requests.keep_from_others(tx, text.msisdn)
    caller = await callers.find(tx, desk, text.msisdn)
    if caller is None:
        return None
    digits = desk.terms.vouchers.pin_digits
    asked = hearing.asked(desk.menus, digits, text.short_code, text.text)
    return await _replied(tx, desk, caller, (asked, text.message_id), act)


async def called(
    tx: Transaction, desk: Desk, phone: Msisdn | Imsi, call_id: str, act: Act
) -> Reply | None:
    """Somebody called the number that ends advertising (GTC-MKT): it ends, and they are told."""
    caller = await callers.find(tx, desk, phone)
    if caller is None:
        return None
    await numbers.requests.keep_from_others(tx, caller.line.msisdn)
    return await _replied(tx, desk, caller, (Asked(Deed.END_MARKETING), call_id), act)


def ends_marketing(desk: Desk, ask: Ask) -> bool:
    """Whether a request of the network is a call to the number that ends advertising (GTC-MKT)."""
    return (
        ask.other_party == desk.terms.contact.end_advertising
        and ask.service is Service.VOICE
        and ask.direction is Direction.OUT
        and ask.request in CALLS
    )


async def _replied(
    tx: Transaction, desk: Desk, caller: Caller, said: tuple[Asked | None, str], act: Act
) -> Reply | None:
    asked, message_id = said
    lately = await notices.of_number(tx, caller.line.msisdn, NOTICES_LOOKED_AT)
    ours = [one for one in lately if one.telling.kind is NoticeKind.SELFCARE_REPLY]
    message = _digest(caller.line.msisdn, message_id)
    for one in ours:
        if message and one.telling.facts.get("message") == message:
            told = one.telling
            return Reply(told.facts["text"], told.language, one.notice_id, repeated=True)
    may_reply = _may_reply(desk, ours, asked, act)
    if asked is None and not may_reply:
        return None
    visit = Visit(desk, caller, Way.SHORT_CODE, message)
    screen = await _done(tx, visit, asked, act)
    words = "\n".join(screen.lines)
    language = screen.language or caller.language
    if screen.told:
        return Reply(words, language, None)
    if not may_reply:
        return None
    name = UNKNOWN_WORD if asked is None else asked.deed.value
    facts = {"text": words, "asked": name} | ({"message": message} if message else {})
    telling = Telling(
        caller.line.msisdn,
        caller.holder_id,
        language,
        NoticeKind.SELFCARE_REPLY,
        facts,
        act.at,
    )
    [notice_id] = await notices.tell(tx, [telling])
    return Reply(words, language, notice_id)


def _may_reply(desk: Desk, ours: list[Notice], asked: Asked | None, act: Act) -> bool:
    within = [one.telling for one in ours if one.telling.at > act.at - HOUR_MS]
    unknown = [one for one in within if one.facts.get("asked") == UNKNOWN_WORD]
    if asked is None and len(unknown) >= desk.menus.unknown_per_hour:
        return False
    return len(within) < desk.menus.replies_per_hour


def _digest(msisdn: Msisdn, message_id: str) -> str:
    """A name of the message that names nobody; "" for a message without one."""
    if not message_id:
        return ""
    return hashlib.sha256(f"{msisdn} {message_id}".encode()).hexdigest()[:32]


async def _done(tx: Transaction, visit: Visit, asked: Asked | None, act: Act) -> Screen:
    """What a text asks for, done, in the lines that answer it."""
    if callers.is_lost(visit.caller, act.at):
        return Screen((visit.say("say-lost"),))
    if asked is None:
        return Screen((visit.say("say-unknown-word"),))
    argument = SETTLED.get(asked.deed, asked.argument)
    screen = await DEEDS[asked.deed](tx, visit, argument, act)
    # What is chosen from is dialled: nobody keeps a dialogue of texts.
    return Screen((visit.say("say-help"),)) if screen.options else screen


async def dial(  # noqa: PLR0913 -- who dials what, when, and by which way
    tx: Transaction,
    desk: Desk,
    phone: Msisdn | Imsi,
    code: str,
    act: Act,
    *,
    reference: str = "",
    octets: int = OCTETS_MAX,
) -> Shown | Refused[Refusal]:
    """Begin a dialogue with a code; inputs that were dialled with it are answers already.

    ``reference`` is the gateway's own name of the dialogue: evidence of what is agreed to in it;
    ``octets`` is what its way to the phone has room for on a screen.
    """
    caller = await callers.find(tx, desk, phone)
    if caller is None:
        return Refused(Refusal.UNKNOWN_NUMBER, "no line has this number or SIM")
    visit = Visit(desk, caller, Way.USSD, reference)
    session = walking.begun(caller, reference, octets)
    found = walking.dialled(desk.menus.codes, code)
    if callers.is_lost(caller, act.at):
        return walking.shown(desk, Screen((visit.say("say-lost"),)), session, ())
    if found is None:
        return walking.shown(desk, Screen((visit.say("say-unknown-code"),)), session, ())
    begun, inputs = found
    shown, to_be_read = await _at(tx, visit, session, (Place(begun.opens),), act)
    for said in inputs:
        if shown.session is None or to_be_read:
            break
        shown, to_be_read = await _next(tx, visit, shown.session, said, act)
    return shown


async def answer(tx: Transaction, desk: Desk, session: Session, said: str, act: Act) -> Shown:
    """Go on with a dialogue, unless the number or its SIM has changed hands meanwhile."""
    caller = await callers.find(tx, desk, session.msisdn)
    if caller is None or (caller.holder_id, caller.line.imsi) != session.who:
        screen = Screen((desk.say(session.language, "say-too-late"),))
        return walking.shown(desk, screen, session, ())
    if callers.is_lost(caller, act.at):
        screen = Screen((desk.say(session.language, "say-lost"),))
        return walking.shown(desk, screen, session, ())
    visit = Visit(desk, caller, Way.USSD, session.reference)
    shown, _ = await _next(tx, visit, session, said, act)
    return shown


async def _next(
    tx: Transaction, visit: Visit, session: Session, said: str, act: Act
) -> tuple[Shown, bool]:
    match walking.step(session, said):
        case walking.Turn(page=page):
            return walking.on_page(session, page), False
        case walking.Go(path=path):
            return await _at(tx, visit, session, path, act)
        case walking.Wrong():
            return _again(visit, session), False


async def _at(
    tx: Transaction, visit: Visit, session: Session, path: tuple[Place, ...], act: Act
) -> tuple[Shown, bool]:
    """What stands at the end of a path; what is to be done there is done."""
    place = path[-1]
    if place.opens.deed is None:
        menu = visit.desk.menus.menus[place.opens.menu]
        screen = walking.menu_screen(visit.desk, menu, visit.caller.language)
    else:
        screen = await DEEDS[place.opens.deed](tx, visit, place.argument, act)
    kept = path
    if place.opens.deed is Deed.TOP_UP:
        # The PIN of a card is not kept for longer than it takes to use it.
        kept = (*path[:-1], Place(place.opens))
    return walking.shown(visit.desk, screen, session, kept), screen.to_be_read


def _again(visit: Visit, session: Session) -> Shown:
    """The same page, with a word before it if there is room."""
    shown = walking.on_page(session, session.page)
    text = f"{visit.say('say-wrong-choice')}\n{shown.text}"
    return Shown(text if fits(text, session.octets) else shown.text, shown.session, shown.language)
