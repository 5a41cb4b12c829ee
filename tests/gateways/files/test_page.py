"""The page about usage files says what the code does."""

import re
from pathlib import Path

from tenure.gateways.files import wire
from tenure.gateways.files.wire import Layout, Record

PAGE = Path(__file__).parents[3] / "docs" / "protocols" / "usage-files.md"
TEXT = PAGE.read_text(encoding="utf-8")


def block(language: str) -> list[str]:
    """The lines of the page's example in this format."""
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1].splitlines(keepends=True)


def test_the_table_has_every_field_in_order() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == wire.FIELDS


def test_the_limits_are_those_of_the_code() -> None:
    assert f"at most {wire.LINE_BYTES_MAX:,} octets" in TEXT
    assert f"at most {wire.ORIGINAL_BYTES_MAX:,} octets" in TEXT


def test_the_examples_are_records() -> None:
    header, *lines = block("csv")
    layout = wire.layout_of(header.encode())
    assert isinstance(layout, Layout)
    for number, line in enumerate(lines, start=2):
        assert isinstance(wire.read_csv(number, line.encode(), layout), Record)
    for number, line in enumerate(block("json"), start=1):
        assert isinstance(wire.read_json(number, line.encode()), Record)
