"""A pack, ready to answer phones: made once, read by every answer."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers

from tenure.promises.topups.model import VoucherKey
from tenure.terms import writing
from tenure.terms.menu_texts import Filled, filled
from tenure.terms.menus import Menus
from tenure.terms.model import Terms
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant


class Desk(msgspec.Struct, frozen=True):
    """What every answer needs of the pack."""

    terms: Terms
    menus: Menus
    words: Filled
    names: Mapping[str, Mapping[str, str]]
    """The pack's other texts by language: what allowances and purposes are called."""
    voucher_key: VoucherKey
    zone: ZoneInfo

    def __repr__(self) -> str:
        return f"Desk({self.terms.operator})"

    @property
    def codes(self) -> tuple[str, ...]:
        """What can be dialled."""
        return tuple(code.dial for code in self.menus.codes)

    @property
    def short_codes(self) -> tuple[str, ...]:
        """What texts can be written to."""
        return tuple(one.number for one in self.menus.short_codes)

    def spoken(self, language: str) -> str:
        """The language itself if we offer it, else the prevailing one (GTC-LANG)."""
        known = language in self.terms.languages
        return language if known else self.terms.prevailing_language

    def say(self, language: str, name: str, **facts: str) -> str:
        """A text of the pack in a language."""
        return self.words.text(language, name, **facts)

    def money(self, micros: int, language: str) -> str:
        """An amount as the language writes it."""
        return writing.money(micros, self.terms.currency, language)

    def clock(self, at: Instant, language: str) -> str:
        """An instant by the operator's clocks."""
        return writing.clock(at, self.zone, language)

    def number(self, msisdn: str) -> str:
        """A number as people here write it."""
        parsed = phonenumbers.parse(f"+{msisdn}")
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def desk(pack: Pack, voucher_key: VoucherKey) -> Desk:
    """The desk of a checked pack; ``voucher_key`` opens the hashes of its cards' PINs."""
    terms, menus = pack.terms, pack.menus
    always = {
        "operator": terms.name,
        "care": terms.contact.call_centre,
        "menu": menus.codes[0].dial,
    }
    return Desk(
        terms=terms,
        menus=menus,
        words=filled(menus.texts, terms.prevailing_language, always),
        names=pack.texts,
        voucher_key=voucher_key,
        zone=ZoneInfo(terms.time_zone),
    )
