"""menus.toml and texts/menus.LANGUAGE.ftl: what a subscriber can dial, write and choose."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.terms.documents import Folder, Section
from tenure.terms.menu_texts import ALWAYS, TEXTS, label_of, title_of
from tenure.terms.menus import (
    OPTIONS_MAX,
    Code,
    Deed,
    Keyword,
    Menu,
    Menus,
    Opens,
    ShortCode,
)
from tenure.terms.quantities import Measures
from tenure.terms.text_files import read_messages
from tenure.values.instant import SECOND_MS
from tenure.values.spoken import HEARD_MAX, heard

FILE: Final = "menus.toml"
MENU: Final = "menu:"
SECONDS_MIN: Final = 30
SECONDS_MAX: Final = 600
PER_HOUR_MAX: Final = 1000


def text_file(language: str) -> str:
    """Where the texts of a language stand."""
    return f"texts/menus.{language}.ftl"


def read_menus(
    folder: Folder, languages: tuple[str, ...], end_advertising: str, measures: Measures
) -> Menus:
    """Codes, short numbers, words and menus; every screen has its texts in every language."""
    top = folder.toml(FILE)
    answers = top.section("answers")
    found = Menus(
        codes=tuple(_code(section) for section in top.sections("code")),
        short_codes=tuple(_short_code(section) for section in top.sections("short_code")),
        keywords=tuple(_keyword(section, languages) for section in top.sections("keyword")),
        menus={one.name: one for one in map(_menu, top.sections("menu"))},
        unknown_per_hour=answers.whole("unknown_per_hour", 0, PER_HOUR_MAX, 3),
        replies_per_hour=answers.whole("replies_per_hour", 1, PER_HOUR_MAX, 30),
        dialogue_ms=_dialogue_ms(answers, measures),
        texts={},
    )
    answers.done()
    _check_codes(top, found)
    _check_ways(top, found)
    _check_words(top, found)
    _check_end_of_advertising(top, found, end_advertising)
    top.done()
    named = _named(found)
    texts = {
        language: read_messages(folder, text_file(language), named, _must(named))
        for language in languages
    }
    _check_complete(folder, texts, named)
    return msgspec.structs.replace(found, texts=texts)


def _dialogue_ms(section: Section, measures: Measures) -> int:
    def seconds(text: str) -> int:
        return measures.units(text, "seconds")

    found = section.measure("dialogue", "3 min", seconds)
    if not SECONDS_MIN <= found <= SECONDS_MAX:
        between = f"from {SECONDS_MIN} s to {SECONDS_MAX // 60} min"
        section.note("dialogue", f"a dialogue of {found} s cannot be held", f"write {between}")
    return found * SECOND_MS


def _opens(section: Section, key: str, text: str) -> Opens:
    if text.startswith(MENU):
        return Opens(None, text.removeprefix(MENU))
    if text not in list(Deed):
        known = ", ".join(Deed)
        section.note(key, f'nothing is called "{text}"', f"write menu:NAME, or one of {known}")
        return Opens(Deed.HELP)
    return Opens(Deed(text))


def _deed(section: Section, key: str) -> Deed:
    text = section.choice(key, tuple(Deed))
    return Deed(text) if text in list(Deed) else Deed.HELP


def _code(section: Section) -> Code:
    found = Code(
        dial=section.matching("dial", r"[*#]{1,2}[0-9]{2,8}(\*[0-9]{1,8})*#", "*888#"),
        opens=_opens(section, "opens", section.text("opens", "menu:main")),
    )
    section.done()
    return found


def _short_code(section: Section) -> ShortCode:
    found = ShortCode(
        number=section.matching("number", r"[0-9]{2,8}", "888"),
        anything=_deed(section, "anything") if section.has("anything") else None,
    )
    section.done()
    return found


def _menu(section: Section) -> Menu:
    items = section.texts("items", r"[a-z-]+(:[a-z][a-z0-9-]*)?", "balance")
    found = Menu(
        name=section.matching("name", r"[a-z][a-z0-9-]{0,30}", "main"),
        items=tuple(_opens(section, "items", item) for item in items),
    )
    section.done()
    if not 1 <= len(items) <= OPTIONS_MAX:
        what = f"the menu {found.name} has {len(items)} items"
        section.note("items", what, f"give it 1 to {OPTIONS_MAX}; put others into a menu of theirs")
    return found


def _keyword(section: Section, languages: tuple[str, ...]) -> Keyword:
    deed = _deed(section, "does")
    words: list[str] = []
    for language in languages:
        written = section.texts(language, r"(?s).+", "BAL") if section.has(language) else ()
        if not written:
            what = f"{deed.value} has no word in {language}"
            section.note(language, what, f'add {language} = ["…"]')
        for word in written:
            if not heard(word) or len(word) > HEARD_MAX // 2:
                section.note(language, f"{word!r} is no word", "write letters or digits")
            words.append(heard(word))
    section.done()
    return Keyword(deed, tuple(sorted(filter(None, words), key=lambda word: (-len(word), word))))


def _check_codes(top: Section, found: Menus) -> None:
    if not found.codes:
        top.note("code", "nothing can be dialled", "add [[code]] with dial and opens")
    dials = [code.dial for code in found.codes]
    numbers = [one.number for one in found.short_codes]
    for key, several in (("code", dials), ("short_code", numbers)):
        for one in sorted({one for one in several if several.count(one) > 1}):
            top.note(key, f"{one} is there twice", "keep one of them")
    for code in found.codes:
        for other in found.codes:
            if other.dial.startswith(f"{code.stem}*") and code.opens.deed is None:
                what = f"{other.dial} is also a choice in {code.dial}"
                top.note("code", what, "give it digits of its own")


def _check_ways(top: Section, found: Menus) -> None:
    """Every menu is there, is reached, and does not lead back to itself."""
    for way in _ways(found):
        if way.deed is None and way.menu not in found.menus:
            what = f"there is no menu {way.menu}"
            top.note("menu", what, f'add [[menu]] with name = "{way.menu}"')
    reached: set[str] = set()
    for code in found.codes:
        _reach(top, found, code.opens, (), reached)
    for name in sorted(found.menus.keys() - reached):
        top.note("menu", f"nothing leads to the menu {name}", "name it in a code or a menu")


def _ways(found: Menus) -> list[Opens]:
    ways = [code.opens for code in found.codes]
    return ways + [item for menu in found.menus.values() for item in menu.items]


def _reach(
    top: Section, found: Menus, way: Opens, above: tuple[str, ...], reached: set[str]
) -> None:
    if way.deed is not None or way.menu not in found.menus:
        return
    if way.menu in above:
        top.note("menu", f"the menu {way.menu} leads back to itself", "take it out of the others")
        return
    reached.add(way.menu)
    for item in found.menus[way.menu].items:
        _reach(top, found, item, (*above, way.menu), reached)


def _check_words(top: Section, found: Menus) -> None:
    meant: dict[str, Deed] = {}
    for keyword in found.keywords:
        for word in keyword.words:
            if meant.setdefault(word, keyword.deed) is not keyword.deed:
                what = f'"{word}" means {meant[word].value} and {keyword.deed.value}'
                top.note("keyword", what, "keep it for one of them")


def _check_end_of_advertising(top: Section, found: Menus, number: str) -> None:
    """GTC-MKT: the number that ends advertising ends it, dialled and written to."""
    by_text = {one.number for one in found.short_codes if one.anything is Deed.END_MARKETING}
    by_code = {
        re.sub(r"\D", "", code.dial)
        for code in found.codes
        if code.opens.deed is Deed.END_MARKETING
    }
    for there, key, remedy in (
        (by_text, "short_code", 'with anything = "end-marketing"'),
        (by_code, "code", f'with dial = "*{number}#" and opens = "end-marketing"'),
    ):
        if number not in there:
            what = f"advertising cannot be ended by {number} here [{key}]"
            top.folder.note(FILE, top.line, what, f"add [[{key}]] {remedy}", "GTC-MKT")


def _named(found: Menus) -> dict[str, frozenset[str]]:
    """What each text may name."""
    named = {name: facts | ALWAYS for name, facts in TEXTS.items()}
    for menu in found.menus.values():
        named[title_of(menu.name)] = ALWAYS
        named |= {label_of(item.name): ALWAYS for item in menu.items}
    return named


def _must(named: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: TEXTS.get(name, frozenset()) for name in named}


def _check_complete(
    folder: Folder, texts: Mapping[str, Mapping[str, str]], named: Mapping[str, frozenset[str]]
) -> None:
    for language, messages in texts.items():
        file = text_file(language)
        for name in sorted(named.keys() - messages.keys()):
            what = f"the text {name} is missing in {language}"
            folder.note(file, 0, what, f"add a line: {name} = …", "GTC-LANG")
        for name in sorted(messages.keys() - named.keys()):
            what = f"no screen shows the text {name}"
            folder.note(file, 0, what, "remove it, or correct its name", "GTC-LANG")
