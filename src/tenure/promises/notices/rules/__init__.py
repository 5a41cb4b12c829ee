"""The words of a notice, and where it may still go: pure, time as an argument."""

from collections.abc import Callable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers
from fluent.runtime import FluentBundle, FluentResource

from tenure.promises.notices.model import Channel, Dropped, Notice, NoticeKind, Reach, Send, Telling
from tenure.terms import writing
from tenure.terms.notice_kinds import class_of
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant, parse_instant

ALLOWANCE: Final = "allowance-"
"""What the texts that name the allowances of the pack begin with."""
LETTER: Final = "letter-"
"""What the texts around a notice that is sent by e-mail begin with."""


class Wording(msgspec.Struct, frozen=True):
    """The texts of a pack, ready to be filled in."""

    bundles: Mapping[str, FluentBundle]
    """By language."""
    prevailing: str
    operator: str
    care: str
    stop: str
    """What is dialled to end advertising (GTC-MKT)."""
    zone: ZoneInfo
    currency: str


class Letter(msgspec.Struct, frozen=True):
    """A notice in the words of an e-mail."""

    subject: str
    body: str

    def __repr__(self) -> str:
        return "Letter(…)"


def wording(pack: Pack) -> Wording:
    """Every notice of a checked pack in every language, none of which is missing."""
    terms = pack.terms
    return Wording(
        bundles={language: _bundle(language, texts) for language, texts in pack.texts.items()},
        prevailing=terms.prevailing_language,
        operator=terms.name,
        care=terms.contact.call_centre,
        stop=terms.contact.end_advertising,
        zone=ZoneInfo(terms.time_zone),
        currency=terms.currency,
    )


def _bundle(language: str, texts: Mapping[str, str]) -> FluentBundle:
    ours = [kind.text_id for kind in NoticeKind if kind.text_id in texts]
    ours += [one for one in texts if one.startswith((ALLOWANCE, LETTER))]
    source = "\n".join(f"{one} = {texts[one]}" for one in ours)
    # Marks of direction around what is filled in would cost characters of a text message.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle


def words(wording: Wording, telling: Telling) -> str:
    """The text of a notice: in the language that was chosen, else the prevailing one (GTC-LANG)."""
    return _told(wording, telling, telling.kind.text_id, {})


def letter(wording: Wording, telling: Telling) -> Letter:
    """The subject and the body of a notice that is sent by e-mail, in the language of its text.

    The subject is that of its class, and names no number: others may read it.
    """
    subject = f"{LETTER}subject-{class_of(telling.kind).value}"
    body = _told(wording, telling, f"{LETTER}body", {"text": words(wording, telling)})
    return Letter(_told(wording, telling, subject, {}), body)


def code_letter(wording: Wording, language: str, code: str, until: Instant) -> Letter:
    """The letter that brings a code to an address, so that who reads it can say it."""

    def named(language: str) -> dict[str, str]:
        at = writing.clock(until, wording.zone, language)
        about = {"operator": wording.operator, "care": wording.care}
        return {**about, "code": code, "until_at": at}

    subject = _filled(wording, language, f"{LETTER}subject-code", named)
    return Letter(subject, _filled(wording, language, f"{LETTER}code", named))


def _told(wording: Wording, telling: Telling, text_id: str, more: Mapping[str, str]) -> str:
    """A text of the pack about a notice, in the language that was chosen if it has it there."""

    def named(language: str) -> dict[str, str]:
        return {**_named(wording, telling, language), **more}

    return _filled(wording, telling.language, text_id, named)


def _filled(
    wording: Wording, chosen: str, text_id: str, named: Callable[[str], Mapping[str, str]]
) -> str:
    """A text of the pack in a language, or in the prevailing one (GTC-LANG)."""
    for language in (chosen, wording.prevailing):
        bundle = wording.bundles.get(language)
        if bundle is None or not bundle.has_message(text_id):
            continue
        pattern = bundle.get_message(text_id).value
        assert pattern is not None
        filled, wrong = bundle.format_pattern(pattern, dict(named(language)))
        assert not wrong, f"{text_id} in {language}: {wrong}"
        text = str(filled)
        assert text.strip()
        return text
    raise AssertionError(f"the pack has no text {text_id}: it is not checked")


def _named(wording: Wording, telling: Telling, language: str) -> dict[str, str]:
    """What a text may name, as a reader of the language writes it."""
    named = {
        name: _written(wording, name, value, language) for name, value in telling.facts.items()
    }
    parsed = phonenumbers.parse(f"+{telling.msisdn}")
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return {
        **named,
        "number": national,
        "operator": wording.operator,
        "care": wording.care,
        "stop": wording.stop,
    }


def _written(wording: Wording, name: str, value: str, language: str) -> str:
    """A fact in the words of a language: instants, amounts, and what the pack names."""
    if name.endswith("_at"):
        return writing.clock(parse_instant(value), wording.zone, language)
    if name.endswith("_micros"):
        return writing.money(int(value), wording.currency, language)
    if name == "allowance":
        bundle = wording.bundles[language]
        # A plan that is not sold any more has no text: its name is better than nothing.
        if bundle.has_message(f"{ALLOWANCE}{value}"):
            pattern = bundle.get_message(f"{ALLOWANCE}{value}").value
            assert pattern is not None
            return str(bundle.format_pattern(pattern)[0])
    return value


def fate(notice: Notice, reach: Reach) -> Send | Dropped:
    """Whether a notice may go out, and where to: never to somebody whose business it is not."""
    telling = notice.telling
    if telling.channel is Channel.PERSON:
        return Send(reach.others[0]) if reach.others else Dropped.NO_OTHER_CHANNEL
    if telling.channel is Channel.NETWORK:
        return Send(telling.msisdn)
    if not reach.in_service:
        return Dropped.OUT_OF_SERVICE
    if reach.holder_id != telling.person_id:
        return Dropped.CHANGED_HANDS
    return Send(telling.msisdn)
