"""A form, as somebody fills it in; it comes back as it was typed, with what is wrong beside it."""

from collections.abc import Mapping
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages.public.frame import address, page
from tenure.gateways.web.wire.pages.public.shapes import Around, FormPage, Item
from tenure.gateways.web.wire.pages.public.words import WORDS

KINDS: Final = {"text": "text", "email": "email", "phone": "tel"}
COMPLETES: Final = {"name": "name", "email": "email", "phone": "tel", "address": "street-address"}
ROBOT: Final = "website"
"""The field that only a program fills in."""


def form(around: Around, shown: FormPage) -> str:
    """A form with what it is for, how long it is kept, and which notice it acknowledges."""
    words = WORDS[around.language]
    faults = any(one.fault for one in shown.items) or shown.agree_fault
    trouble = shown.trouble or (words["faults"] if faults else "")
    alert = f"<p class='trouble' role='alert'>{escape(trouble)}</p>" if trouble else ""
    before = f"<p class='before'>{escape(shown.before)}</p>" if shown.before else ""
    fields = "".join(_field(words, one, shown.longest) for one in shown.items)
    body = (
        f"<h1>{escape(shown.title)}</h1><p class='lead'>{escape(shown.intro)}</p>{before}{alert}"
        f"<form class='card form' method='post' action='{address(around, shown.name)}' novalidate>"
        f"{fields}{_contest(around, shown)}"
        f"{_trap(words, shown.robot)}"
        f"<input type='hidden' name='code' value='{escape(shown.code)}'>"
        f"<p class='note'>{escape(shown.acknowledge)} "
        f"<a href='{address(around, 'policy')}'>{words['policy']}</a></p>"
        f"<button>{words['send']}</button></form>{_about(words, shown)}"
    )
    return page(around, shown.title, body)


def _trap(words: Mapping[str, str], typed: str) -> str:
    """What nobody sees; unless something stands in it, which a person has to be able to empty."""
    if typed:
        return (
            f"<div class='field wrong'><label for='{ROBOT}'>{words['robot']}</label>"
            f"<input id='{ROBOT}' name='{ROBOT}' autocomplete='off' aria-invalid='true'"
            f" value='{escape(typed)}'></div>"
        )
    return (
        f"<div class='unseen' aria-hidden='true'><label for='{ROBOT}'>{words['robot']}</label>"
        f"<input id='{ROBOT}' name='{ROBOT}' tabindex='-1' autocomplete='off' value=''></div>"
    )


def _contest(around: Around, shown: FormPage) -> str:
    if not shown.agree:
        return ""
    words = WORDS[around.language]
    fault = _fault("agree", shown.agree_fault)
    checked = " checked" if shown.agreed else ""
    link = address(around, f"contest/{shown.contest}")
    return (
        f"<div class='rules'><p>{escape(shown.rules)} <a href='{link}'>{words['rules']}</a></p>"
        f"<label class='check'><input type='checkbox' name='agree' value='yes'{checked}"
        f"{_described('agree', shown.agree_fault)}> {escape(shown.agree)}</label>{fault}</div>"
    )


def _field(words: Mapping[str, str], item: Item, longest: int) -> str:
    note = item.without or words["voluntary"]
    fault = f" {item.name}-fault" if item.fault else ""
    described = f" aria-describedby='{item.name}-note{fault}'"
    invalid = " aria-invalid='true'" if item.fault else ""
    required = " aria-required='true'" if item.without else ""
    common = f"id='{item.name}' name='{item.name}'{described}{invalid}{required}"
    return (
        f"<div class='field{' wrong' if item.fault else ''}'>"
        f"<label for='{item.name}'>{escape(item.title)}</label>"
        f"{_input(words, item, common, longest)}{_fault(item.name, item.fault)}"
        f"<small id='{item.name}-note'>{escape(note)}</small></div>"
    )


def _input(words: Mapping[str, str], item: Item, common: str, longest: int) -> str:
    if item.form == "lines":
        # A line break after the tag is the reader's own to drop: theirs is kept.
        return f"<textarea {common} rows='5'>\n{escape(item.typed)}</textarea>"
    if item.form == "choice":
        options = "".join(
            f"<option value='{escape(one.value)}'{' selected' if one.value == item.typed else ''}>"
            f"{escape(one.title)}</option>"
            for one in item.choices
        )
        return f"<select {common}><option value=''>{words['choose']}</option>{options}</select>"
    completes = COMPLETES.get(item.name, "off")
    return (
        f"<input {common} type='{KINDS[item.form]}' autocomplete='{completes}'"
        f" maxlength='{longest * 2}' value='{escape(item.typed)}'>"
    )


def _fault(name: str, fault: str) -> str:
    return f"<p class='fault' id='{name}-fault'>{escape(fault)}</p>" if fault else ""


def _described(name: str, fault: str) -> str:
    return f" aria-invalid='true' aria-describedby='{name}-fault'" if fault else ""


def _about(words: Mapping[str, str], shown: FormPage) -> str:
    told = (
        (words["what-for"], shown.purpose),
        (words["kept"], shown.kept),
        (words["given-to"], shown.given_to),
    )
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in told)
    return f"<dl class='about'>{rows}</dl>"


def thanks(around: Around, title: str, text: str, number: str, *, again: bool) -> str:
    """It has arrived, and this is its number."""
    words = WORDS[around.language]
    twice = f"<p>{words['again']}</p>" if again else ""
    if number:
        kept = f"<code class='long'>{escape(number)}</code>"
        link = f"<a href='{address(around, 'held')}'>{words['held']}</a>"
        twice += f"<p>{words['number'].format(number=kept)} {link}</p>"
    body = (
        f"<h1>{words['thanks']}</h1><section class='card'><p class='lead'>{escape(text)}</p>{twice}"
        f"<p><a href='{address(around)}'>{words['back']}</a></p></section>"
    )
    return page(around, title, body)
