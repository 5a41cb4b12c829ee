"""Every text that a screen asks for is in every pack, and every one of a pack is asked for."""

import re
from pathlib import Path

import pytest

import tenure.selfcare
from tenure.selfcare.deeds import DEEDS
from tenure.selfcare.desk import Desk
from tenure.terms.menu_texts import TEXTS
from tenure.terms.menus import Deed
from tests.selfcare.given import DESK, DESK_ID

SOURCES = [*Path(tenure.selfcare.__file__).parent.rglob("*.py")]
GATEWAYS = [*(Path(tenure.selfcare.__file__).parents[1] / "gateways" / "ussd").rglob("*.py")]
NAMED = re.compile(r"""["']((?:say|ask|option|foot|left|own)-[a-z-]+)["']""")


def test_every_text_is_used_and_known() -> None:
    used = {
        name for path in [*SOURCES, *GATEWAYS] for name in NAMED.findall(path.read_text("utf-8"))
    }
    assert used == set(TEXTS)


def test_every_deed_can_be_done() -> None:
    assert set(DEEDS) == set(Deed)


@pytest.mark.parametrize("desk", [DESK, DESK_ID], ids=["smart-kh", "smartfren-id"])
def test_every_text_is_there_in_every_language(desk: Desk) -> None:
    for language in desk.terms.languages:
        for name, facts in TEXTS.items():
            text = desk.say(language, name, **dict.fromkeys(facts, "FACT"))
            assert text.strip()
            assert text.count("FACT") >= len(facts)


@pytest.mark.parametrize("desk", [DESK, DESK_ID], ids=["smart-kh", "smartfren-id"])
def test_another_language_falls_back_to_the_prevailing_one(desk: Desk) -> None:
    prevailing = desk.terms.prevailing_language
    assert desk.spoken("xx") == prevailing
    assert desk.say("xx", "say-lost") == desk.say(prevailing, "say-lost")
