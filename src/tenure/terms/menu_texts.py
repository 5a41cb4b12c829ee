"""The texts of screens and replies: what each may name, and how long what it names can be."""

from collections.abc import Mapping
from typing import Final

import msgspec
from fluent.runtime import FluentBundle, FluentResource

ALWAYS: Final = frozenset({"operator", "care", "menu"})
"""What every text may name: who we are, whom to call, and what to dial for the menu."""

_NOTHING: Final[frozenset[str]] = frozenset()
TEXTS: Final[Mapping[str, frozenset[str]]] = {
    "own-language": _NOTHING,
    "foot-more": _NOTHING,
    "foot-back": _NOTHING,
    "say-unknown-code": _NOTHING,
    "say-wrong-choice": _NOTHING,
    "say-too-late": _NOTHING,
    "say-trouble": _NOTHING,
    "say-lost": _NOTHING,
    "say-nobody": _NOTHING,
    "say-help": _NOTHING,
    "say-unknown-word": _NOTHING,
    "say-balance": frozenset({"funds", "until"}),
    "say-balance-none": frozenset({"funds"}),
    "say-balance-ended": frozenset({"funds", "since"}),
    "say-balance-postpaid": frozenset({"owed", "limit"}),
    "say-outgoing-blocked": frozenset({"until"}),
    "say-both-blocked": frozenset({"until"}),
    "say-barred": _NOTHING,
    "say-suspended": _NOTHING,
    "say-promotional": frozenset({"amount", "until"}),
    "say-allowance": frozenset({"allowance", "left", "until"}),
    "left-minutes": frozenset({"count"}),
    "left-messages": frozenset({"count"}),
    "ask-pin": frozenset({"digits"}),
    "say-topped-up": frozenset({"amount", "funds", "until"}),
    "say-pin-malformed": frozenset({"digits"}),
    "say-pin-unknown": _NOTHING,
    "say-pin-locked": frozenset({"minutes"}),
    "say-card-used": _NOTHING,
    "say-card-blocked": _NOTHING,
    "say-card-expired": _NOTHING,
    "say-not-possible": _NOTHING,
    "ask-consent": _NOTHING,
    "option-purpose-on": frozenset({"purpose"}),
    "option-purpose-off": frozenset({"purpose"}),
    "ask-purpose-on": frozenset({"purpose"}),
    "ask-purpose-off": frozenset({"explained"}),
    "option-yes": _NOTHING,
    "option-no": _NOTHING,
    "say-given": frozenset({"purpose"}),
    "say-withdrawn": frozenset({"purpose"}),
    "say-guardian": _NOTHING,
    "say-marketing-ended": _NOTHING,
    "ask-lock": frozenset({"number"}),
    "option-lock": _NOTHING,
    "say-locked": frozenset({"number"}),
    "say-locked-already": frozenset({"number"}),
    "ask-stop-transfer": frozenset({"number"}),
    "ask-stop-sim": frozenset({"number"}),
    "ask-stop-unlock": frozenset({"number"}),
    "option-stop": _NOTHING,
    "say-stopped": frozenset({"number"}),
    "say-nothing-to-stop": frozenset({"number"}),
    "say-not-stoppable": frozenset({"number"}),
    "ask-language": _NOTHING,
    "say-language": _NOTHING,
}
"""Every fixed text, and what it has to name in each language; it may name ALWAYS as well."""


def label_of(name: str) -> str:
    """The text that an item is called by: ``item-balance``, ``item-menu-protect``."""
    return f"item-{name}"


def title_of(menu: str) -> str:
    """The text above a menu."""
    return f"title-{menu}"


class Filled(msgspec.Struct, frozen=True):
    """The texts of all languages, ready to be filled in."""

    bundles: Mapping[str, FluentBundle]
    prevailing: str
    always: Mapping[str, str]
    """The values of ALWAYS."""

    def text(self, language: str, name: str, **facts: str) -> str:
        """A text in a language, else in the prevailing one (GTC-LANG); never an empty one.

        A text that is missing there too, or that lacks a fact, is our own mistake: the check of the
        pack has seen each in every language.
        """
        bundle = self.bundles.get(language)
        if bundle is None or not bundle.has_message(name):
            bundle = self.bundles[self.prevailing]
        pattern = bundle.get_message(name).value
        assert pattern is not None
        filled, wrong = bundle.format_pattern(pattern, {**self.always, **facts})
        assert not wrong, f"{name} in {language}: {wrong}"
        return str(filled)


def filled(
    texts: Mapping[str, Mapping[str, str]], prevailing: str, always: Mapping[str, str]
) -> Filled:
    """The texts of a pack, ready to be filled in."""
    bundles = {}
    for language, messages in texts.items():
        # Marks of direction around what is filled in would cost characters of a screen.
        bundle = FluentBundle([language], use_isolating=False)
        lines = (f"{name} = {text}" for name, text in messages.items())
        bundle.add_resource(FluentResource("\n".join(lines)))
        bundles[language] = bundle
    return Filled(bundles, prevailing, always)
