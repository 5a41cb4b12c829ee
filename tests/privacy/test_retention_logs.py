"""Presidio's pattern recognisers find nobody in what a life and its end left in log and record."""

import json
import logging
import re
from pathlib import Path
from typing import Final

import pytest
from presidio_analyzer import Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
)

from tenure.commands import ending
from tenure.postgres.pool import Pool
from tests.numbers.stocked import card, msisdn
from tests.privacy.ended import after, erased, left
from tests.privacy.test_retention_erasing import rows

DIGITS: Final = {"NIK": r"\b\d{16}\b", "IMSI": r"\b456\d{12}\b", "ICCID": r"\b89\d{17,18}\b"}
RECOGNISERS: Final = (
    PhoneRecognizer(supported_regions=("KH", "ID"), leniency=0),
    CreditCardRecognizer(),
    IbanRecognizer(),
    IpRecognizer(),
    PatternRecognizer("MAIL", patterns=[Pattern("mail", r"[\w.+-]+@[\w-]+\.[\w.]+", 0.9)]),
    *(
        PatternRecognizer(name, patterns=[Pattern(name, pattern, 0.9)])
        for name, pattern in DIGITS.items()
    ),
)
NOT_PEOPLE: Final = (
    # Hashes, ids that are drawn, and instants tell nothing; their digits look like anything.
    re.compile(r"\b[0-9a-f]{40,}\b"),
    re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?"),
    # Likeness in parts per million, spans in milliseconds, days: no number of ours is so short.
    re.compile(r'"\w+_(ppm|ms)": \d+'),
    re.compile(r"(?<![\d+])\d{1,6}(?!\d)"),
)


def seen(text: str) -> list[tuple[str, str]]:
    """What the recognisers believe to be about somebody, without what is known not to be."""
    for pattern in NOT_PEOPLE:
        text = pattern.sub(" ", text)
    return [
        (result.entity_type, text[result.start : result.end])
        for one in RECOGNISERS
        for result in one.analyze(text, one.supported_entities, None)  # type: ignore[arg-type]  # patterns need no language
    ]


@pytest.mark.parametrize(
    "text", [f"call {msisdn(0)} now", "write to a.b@example.com", f"SIM {card(3).iccid} is dead"]
)
def test_what_is_about_somebody_is_seen(text: str) -> None:
    assert seen(text)


async def test_nobody_is_in_the_log_nor_in_the_clear_part_of_the_record(
    pool: Pool, owner: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await left(pool, owner)
    await erased(pool, tmp_path / "ledger", after(401))
    await ending.ending(pool, tmp_path)(after(4000))

    assert seen(caplog.text) == []
    bodies = [json.loads(str(body)) for (body,) in rows(owner, "SELECT body FROM record.leaf")]
    told = "\n".join(json.dumps(body["said"]) for body in bodies)
    assert len(bodies) > 20
    assert seen(told) == []
