"""Whether every screen can be read: filled in with the longest values, in every language."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from tenure.terms import writing
from tenure.terms.documents import Folder
from tenure.terms.menu_files import FILE, text_file
from tenure.terms.menu_texts import TEXTS, Filled, filled, label_of, title_of
from tenure.terms.menus import OPTIONS_MAX, PAGES_MAX, Menus
from tenure.terms.model import Bundle, Terms
from tenure.values.instant import parse_instant
from tenure.values.screens import NARROW_OCTETS, OCTETS_MAX, fits, paged

MICROS_MAX: Final = 99_999_999_999_999
"""The longest balance that is looked at: eight digits before the point."""
LONGEST_DAY: Final = parse_instant("2026-12-31T20:30:00+07:00")
LONG_NUMBER: Final = "0881-2345-6789-012"


def check_screens(
    folder: Folder,
    menus: Menus,
    terms: Terms,
    texts: Mapping[str, Mapping[str, str]],
) -> None:
    """Note every text that cannot be shown: no more than some pages, each on any phone."""
    if any(one.file.startswith("texts/") for one in folder.problems) or not menus.codes:
        return  # First what is missing; it would be missed here again.
    always = {
        "operator": terms.name,
        "care": terms.contact.call_centre,
        "menu": menus.codes[0].dial,
    }
    words = filled(menus.texts, terms.prevailing_language, always)
    for name, count in (
        ("purposes", len(terms.consents.purposes)),
        ("languages", len(terms.languages)),
    ):
        if count > OPTIONS_MAX:
            what = f"{count} {name} are no choice on a phone: each has one key"
            folder.note(FILE, 0, what, f"offer {OPTIONS_MAX} at most", "GTC-APP")
    for language in terms.languages:
        longest = _longest(terms, texts[language], language, words)
        foot = words.text(language, "foot-more")
        for name, facts in TEXTS.items():
            lines = [words.text(language, name, **{fact: longest[fact] for fact in facts})]
            _check(folder, language, name, (lines, foot, words.text(language, "foot-back")))
        for menu in menus.menus.values():
            lines = [words.text(language, title_of(menu.name))]
            labels = [words.text(language, label_of(item.name)) for item in menu.items]
            lines += [f"{place} {label}" for place, label in enumerate(labels, 1)]
            _check(
                folder,
                language,
                title_of(menu.name),
                (lines, foot, words.text(language, "foot-back")),
            )


def _check(folder: Folder, language: str, name: str, shown: tuple[list[str], str, str]) -> None:
    """On the usual screen, and on that of the narrowest way to a phone."""
    for octets in (OCTETS_MAX, NARROW_OCTETS):
        pages = paged(*shown, octets)
        if len(pages) <= PAGES_MAX and all(fits(page, octets) for page in pages):
            continue
        what = f"the text {name} takes {len(pages)} screens with the longest values"
        limits = f"{octets * 8 // 7} characters of GSM 7 bit, or {octets // 2} of others"
        remedy = f"shorten it: a screen has {limits}, and {PAGES_MAX} screens are read at most"
        folder.note(text_file(language), 0, what, remedy, "GTC-LANG")
        return


def _longest(
    terms: Terms, texts: Mapping[str, str], language: str, words: Filled
) -> dict[str, str]:
    """The longest value of everything that a text may name."""
    money = writing.money(MICROS_MAX, terms.currency, language)
    clock = writing.clock(LONGEST_DAY, ZoneInfo(terms.time_zone), language)
    left = [
        words.text(language, f"left-{unit}", count="100000") for unit in ("minutes", "messages")
    ]
    purposes = [one.texts[language] for one in terms.consents.purposes if language in one.texts]
    return {
        **dict.fromkeys(("funds", "amount", "owed", "limit"), money),
        **dict.fromkeys(("until", "since"), clock),
        "allowance": _longest_of(_allowances(terms.bundles, texts)),
        "left": _longest_of([*left, "1023.9 MB"]),
        "count": "100000",
        "digits": str(terms.vouchers.pin_digits),
        "minutes": str(terms.vouchers.locked_minutes),
        "purpose": _longest_of([one.title for one in purposes]),
        "explained": _longest_of([f"{one.title}. {one.text} {one.without}" for one in purposes]),
        "number": LONG_NUMBER,
    }


def _allowances(bundles: tuple[Bundle, ...], texts: Mapping[str, str]) -> list[str]:
    names = [one.name for bundle in bundles for one in bundle.allowances]
    return [texts.get(f"allowance-{name}", name) for name in names]


def _longest_of(values: list[str]) -> str:
    return max(values, key=len, default="")
