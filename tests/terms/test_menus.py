"""Whether every screen of a pack can be read on any phone, as loading the pack finds out."""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from tenure.terms import pack
from tenure.terms.documents import Folder
from tenure.terms.menu_checks import check_screens
from tenure.terms.menus import Menus
from tenure.terms.model import Terms
from tenure.terms.problems import Problem

SMART: Final = pack.load("smart-kh")
LONG: Final = "\u179f\u17d2\u178f " * 200


def found(menus: Menus = SMART.menus, terms: Terms = SMART.terms) -> list[Problem]:
    """What is wrong with the screens of a pack that was read."""
    folder = Folder(Path())
    check_screens(folder, menus, terms, SMART.texts)
    return folder.problems


def with_text(language: str, name: str, text: str) -> Menus:
    """The menus of the pack with another text."""
    texts = {**SMART.menus.texts, language: {**SMART.menus.texts[language], name: text}}
    return msgspec.structs.replace(SMART.menus, texts=texts)


def test_the_packs_can_be_read() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("language", "name"),
    [("km", "say-lost"), ("en", "ask-pin"), ("km", "title-main"), ("km", "item-balance")],
)
def test_a_text_of_too_many_screens(language: str, name: str) -> None:
    text = f"{LONG} {{ $digits }}" if name == "ask-pin" else LONG
    problems = found(with_text(language, name, text))
    wanted = "title-main" if name == "item-balance" else name
    assert [problem.file for problem in problems] == [f"texts/menus.{language}.ftl"]
    assert wanted in problems[0].what
    assert problems[0].clause == "GTC-LANG"
    assert "8 screens" in problems[0].remedy


def test_a_text_that_only_the_narrow_way_has_no_room_for() -> None:
    text = "\u179f " * 240
    assert found(with_text("km", "say-lost", text[: 8 * 40])) == []
    problems = found(with_text("km", "say-lost", text))
    assert "or 56 of others" in problems[0].remedy


def test_more_purposes_than_keys() -> None:
    consents = msgspec.structs.replace(
        SMART.terms.consents, purposes=SMART.terms.consents.purposes * 3
    )
    problems = found(terms=msgspec.structs.replace(SMART.terms, consents=consents))
    assert [problem.what for problem in problems] == [
        "12 purposes are no choice on a phone: each has one key"
    ]
