"""The words of a notice, and where it may still go: pure, time as an argument."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers
from fluent.runtime import FluentBundle, FluentResource

from tenure.promises.notices.model import Channel, Dropped, Notice, NoticeKind, Reach, Send, Telling
from tenure.terms.pricelist import Pack
from tenure.values.instant import moment_of, parse_instant

CLOCK: Final = "%d/%m/%Y %H:%M"
"""Day before month, as both countries write it."""


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
    )


def _bundle(language: str, texts: Mapping[str, str]) -> FluentBundle:
    source = "\n".join(
        f"{kind.text_id} = {texts[kind.text_id]}" for kind in NoticeKind if kind.text_id in texts
    )
    # Marks of direction around what is filled in would cost characters of a text message.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle


def words(wording: Wording, telling: Telling) -> str:
    """The text of a notice: in the language that was chosen, else the prevailing one (GTC-LANG)."""
    for language in (telling.language, wording.prevailing):
        bundle = wording.bundles.get(language)
        if bundle is None or not bundle.has_message(telling.kind.text_id):
            continue
        pattern = bundle.get_message(telling.kind.text_id).value
        assert pattern is not None
        filled, wrong = bundle.format_pattern(pattern, _named(wording, telling))
        assert not wrong, f"{telling.kind.value} in {language}: {wrong}"
        text = str(filled)
        assert text.strip()
        return text
    raise AssertionError(f"the pack has no text for {telling.kind.value}: it is not checked")


def _named(wording: Wording, telling: Telling) -> dict[str, str]:
    """What a text may name."""
    named = {
        name: _on_the_clock(value, wording.zone) if name.endswith("_at") else value
        for name, value in telling.facts.items()
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


def _on_the_clock(instant: str, zone: ZoneInfo) -> str:
    return moment_of(parse_instant(instant)).astimezone(zone).strftime(CLOCK)


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
