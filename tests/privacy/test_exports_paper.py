"""The paper: in three languages, summed where it is long, and whatever is held stays text."""

import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tenure.commands.exporting import paper
from tenure.promises.privacy.model.exports import (
    Job,
    Kind,
    Month,
    Position,
    Scope,
    Section,
    Summary,
    Whose,
    Wrapped,
)
from tenure.promises.privacy.rules.exports import document
from tenure.terms.model import Terms
from tenure.values.holding import Row
from tests.numbers.stocked import AT, ID, KH

EVIL = '#panic("no") *b* $x$ @who \\ ]] #"[ <script> // /* {{'
ROW = Row(table="person", key=("person_id",), leads=(), since="")
SECTION = Section("people", ROW, (), ("bigint",), ("identity",))
EMPTY = Section("people", Row(table="contact", key=("code_id",), leads=(), since=""), (), ("uuid",))


def job(language: str) -> Job:
    return Job(
        export_id="4c2d6c4e-30a2-4a0b-8f0e-0f5ec3e2b0aa",
        whose=Whose(Kind.PERSON, 1),
        scope=Scope.KNOW,
        language=language,
        case_id=None,
        asked_by="<page>",
        asked_at=AT,
        wrapped=Wrapped(bytes(16), bytes(12), bytes(48)),
        working_key=None,
        file="",
        pins=((), ()),
        position=Position(),
    )


def summaries(name: str) -> list[Summary]:
    row: dict[str, object] = {"name": name, "funds_micros": {"micros": -37500, "currency": "USD"}}
    months = (Month("2027-01", 40, {"funds_micros": -1_500_000, "owed_micros": 0}),)
    return [Summary("people.person", 40, (row,), months), Summary("people.contact", 0)]


def said(name: str, language: str, terms: Terms = KH) -> dict[str, Any]:
    return paper.said(job(language), summaries(name), (SECTION, EMPTY), terms)


def fonts_of(pdf: bytes) -> set[bytes]:
    """The names of the fonts in a PDF, wherever they stand."""
    streams: Sequence[bytes] = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    texts = [pdf]
    for stream in streams:
        unpacked = zlib.decompressobj()
        try:
            texts.append(unpacked.decompress(stream))
        except zlib.error:
            continue
    return {name for text in texts for name in re.findall(rb"/FontName\s*/([\w+-]+)", text)}


@pytest.mark.parametrize(
    ("language", "terms", "words"),
    [
        ("en", KH, "What we hold about you"),
        ("km", KH, "ទិន្នន័យដែលយើងរក្សាទុកអំពីលោកអ្នក"),
        ("id", ID, "Yang kami simpan tentang Anda"),
    ],
)
def test_it_is_printed_in_the_language_of_whom_it_is_about(
    language: str, terms: Terms, words: str
) -> None:
    assert said("Sok", language, terms)["title"] == words
    pdf = paper.printed(job(language), summaries("Sok"), (SECTION, EMPTY), terms)
    assert pdf.startswith(b"%PDF")
    # Khmer has its own font with it, wherever it is printed.
    assert any(b"Khmer" in name for name in fonts_of(pdf))


def test_whatever_is_held_stays_text() -> None:
    """Markup that was obeyed would stop the printing: #panic does."""
    told = said(EVIL, "en")
    (section,) = told["sections"]
    assert ("Name", EVIL) in section["records"][0]
    pdf = paper.printed(job("en"), summaries(EVIL), (SECTION, EMPTY), KH)
    assert pdf.startswith(b"%PDF")


def test_a_long_history_is_summed_by_months_and_its_empty_columns_are_left_out() -> None:
    (section,) = said("Sok", "en")["sections"]
    assert section["months"] == [["", "records", "Funds"], ["2027-01", "40", "-1.50"]]
    assert section["partial"]
    assert said("Sok", "en")["empty"] == ["Your addresses"]


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (0, "0.00"),
        (-37_500, "-0.0375"),
        (5_000_000, "5.00"),
        (1_234_567_890_000, "1,234,567.89"),
        (-1, "-0.000001"),
    ],
)
def test_an_amount_is_told_to_the_millionth(micros: int, words: str) -> None:
    assert paper.amount(micros) == words


def test_the_schema_that_is_published_is_the_one_that_is_meant() -> None:
    file = Path(__file__).parents[2] / "docs" / "privacy" / "held.schema.json"
    assert json.loads(file.read_bytes()) == document.schema()
