"""``tenure number`` as it is typed: files with mistakes, a sale, and whose a number is."""

import csv
import os
import stat
from pathlib import Path

import psycopg
import pytest

from tenure.promises.numbers.rules import check_digit
from tests.commands.database import NUMBER, told, typed

NUMBERS = """first,last,class
85516000000,85516000999,ordinary
016 000 777,,gold
85516000500,85516001500,ordinary
not a number,,
85516002000,85516001000,
85516003000,,Big Gold
8613800000000,,
,,
"""
KI, OPC = "0123456789abcdef" * 2, "fedcba9876543210" * 2


def iccid(index: int) -> str:
    """A card of ours."""
    digits = f"8985506{index:011d}"
    return digits + check_digit(digits)


def sims() -> str:
    """A SIM file with one mistake of each kind."""
    wrong_digit = iccid(4)[:-1] + str((int(iccid(4)[-1]) + 1) % 10)
    rows = [
        f"{iccid(1)},456069000000001,{KI},{OPC},milenage",
        f"{iccid(2)},456069000000002,{KI},,comp128v3",
        f"{iccid(3)},456019000000003,{KI},{OPC},milenage",
        f"{wrong_digit},456069000000004,{KI},{OPC},milenage",
        f"{iccid(5)},456069000000005,{KI[:-1]},{OPC},milenage",
        f"{iccid(6)},456069000000006,{KI},{OPC},rot13",
        f"{iccid(7)},456069000000001,{KI},{OPC},milenage",
        f"{iccid(8)},45606,{KI},{OPC},milenage",
        f"{iccid(9)},456069000000009,,{OPC},milenage",
        f"4985506{0:012d},456069000000010,{KI},{OPC},milenage",
    ]
    return "iccid,imsi,ki,opc,algorithm\n" + "\n".join(rows) + "\n"


def rejects(path: Path) -> dict[int, tuple[str, str]]:
    """The reject file: field and name of the reason, by line."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            int(row["line"]): (row["field"], row["reason"].partition(":")[0])
            for row in csv.DictReader(file)
        }


@pytest.fixture
def sellers(database: str, owner: str) -> str:
    """demo sells and keeps the stock as well."""
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO staff.role (login, role, since) "
            "SELECT 'demo', role, '2026-01-01Z' FROM unnest(ARRAY['sales', 'stock']) AS role"
        )
    return database


@pytest.fixture
def stocked(sellers: str, tmp_path: Path) -> list[str]:
    """Numbers and SIMs are in stock; the arguments that lead there."""
    numbers, cards = tmp_path / "numbers.csv", tmp_path / "sims.csv"
    numbers.write_text(NUMBERS, encoding="utf-8")
    cards.write_text(sims(), encoding="utf-8")
    key = str(tmp_path / "sims.key")
    assert typed(["number", "import", str(numbers), "--dsn", sellers]).exit_code == 1
    found = typed(["number", "import-sims", str(cards), "--sim-key", key, "--dsn", sellers])
    assert found.exit_code == 1
    return ["--dsn", sellers]


def test_what_is_right_is_imported_and_what_is_wrong_is_named(
    stocked: list[str], tmp_path: Path
) -> None:
    assert rejects(tmp_path / "numbers.csv.rejects.csv") == {
        4: ("first, last", "RANGE_OVERLAPS"),
        5: ("first", "NUMBER_MALFORMED"),
        6: ("last", "RANGE_MALFORMED"),
        7: ("class", "CLASS_MALFORMED"),
        8: ("first", "NUMBER_MALFORMED"),
        9: ("", "FIELD_MISSING"),
    }
    assert rejects(tmp_path / "sims.csv.rejects.csv") == {
        4: ("imsi", "IMSI_OF_ANOTHER_NETWORK"),
        5: ("iccid", "ICCID_CHECK_DIGIT"),
        6: ("ki, opc", "KEYS_MALFORMED"),
        7: ("algorithm", "ALGORITHM_UNKNOWN"),
        8: ("iccid, imsi", "SIM_DIFFERS"),
        9: ("imsi", "IMSI_MALFORMED"),
        10: ("", "FIELD_MISSING"),
        11: ("iccid", "ICCID_MALFORMED"),
    }
    again = typed(["number", "import", str(tmp_path / "numbers.csv"), *stocked, "--json"])
    assert told(again)["new"] == 0
    assert told(again)["known"] == 2


def test_keys_are_nowhere_in_clear(stocked: list[str], tmp_path: Path, owner: str) -> None:
    del stocked
    reject_file = (tmp_path / "sims.csv.rejects.csv").read_text(encoding="utf-8")
    assert KI[:8] not in reject_file
    assert iccid(4)[:-1] not in reject_file
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT iccid, sealed FROM numbers.sim ORDER BY 1").fetchall()
    assert [row[0] for row in rows] == [iccid(1), iccid(2)]
    for _, sealed in rows:
        assert KI.encode() not in sealed
        assert bytes.fromhex(KI) not in sealed
        assert b"milenage" not in sealed
    assert stat.S_IMODE((tmp_path / "sims.key").stat().st_mode) == 0o600


def test_another_key_is_refused(stocked: list[str], tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    asked = ["number", "import-sims", str(tmp_path / "sims.csv"), "--sim-key", str(other)]
    found = typed([*asked, *stocked])
    assert found.exit_code == 1
    assert "not the key" in found.stderr


def test_a_number_is_sold_and_shown(stocked: list[str]) -> None:
    who = ["--name", "Chan Dara", "--document", "national-id:010203040", "--born", "1990-01-31"]
    sold = typed(
        ["number", "activate", "016 000 777", "--iccid", iccid(1), *who, *stocked, "--json"]
    )
    assert sold.exit_code == 0, sold.stderr
    sale = told(sold)

    shown = told(typed(["number", "show", "+855 16 000 777", *stocked, "--json", *_case(stocked)]))
    assert (shown["class"], shown["stage"]) == ("gold", "outgoing blocked")
    assert shown["tenures"] == [
        {
            "holder": sale["holder"],
            "since": sale["since"],
            "until": None,
            "opened_as": "first-sale",
            "leaf": sale["leaf"],
        }
    ]
    words = typed(["number", "show", "016000777", *stocked, *_case(stocked)]).stdout
    assert f"person {sale['holder']}" in words
    assert "sold to them" in words
    assert "Dara" not in words

    # The same document is the same person, at whatever counter.
    second = typed(
        ["number", "activate", "016 000 001", "--iccid", iccid(2), *who, *stocked, "--json"]
    )
    assert told(second)["holder"] == sale["holder"]
    third = typed(["number", "activate", "016000002", "--iccid", iccid(1), *who, *stocked])
    assert third.exit_code == 1
    assert "SIM_USED" in third.stderr


def _case(where: list[str]) -> list[str]:
    """An open case, by which demo may look."""
    asked = ["staff", "open-case", "016 000 777", "--kind", "care", "--reason", "asked in a shop"]
    opened = typed([*asked, *where, "--json"])
    return ["--purpose", "care", "--case", str(told(opened)["case"])]


def test_a_number_is_set_aside(stocked: list[str]) -> None:
    mine = typed(["number", "reserve", "016000003", "--days", "2", *stocked])
    assert mine.exit_code == 0, mine.stderr
    free = told(typed(["number", "free", "--count", "5", *stocked, "--json"]))
    assert free == {
        "numbers": ["85516000000", "85516000001", "85516000002", "85516000004", "85516000005"],
        "iccids": sorted([iccid(1), iccid(2)]),
    }
    gold = told(typed(["number", "free", "--class", "gold", *stocked, "--json"]))
    assert gold["numbers"] == ["85516000777"]
    back = typed(["number", "reserve", "016000003", "--release", *stocked])
    assert back.exit_code == 0, back.stderr
    twice = typed(["number", "reserve", "016000003", "--release", *stocked])
    assert "NOT_RESERVED" in twice.stderr
    held = typed(["number", "reserve", str(NUMBER), *stocked])
    assert "NUMBER_NOT_OURS" in held.stderr


def test_a_range_is_added_once(sellers: str) -> None:
    asked = ["number", "range", "85517000000", "85517000099", "--class", "silver"]
    assert "in stock now" in typed([*asked, "--dsn", sellers]).stdout
    assert "in stock already" in typed([*asked, "--dsn", sellers]).stdout
    wider = ["number", "range", "85517000050", "85517000150", "--dsn", sellers]
    assert "RANGE_OVERLAPS" in typed(wider).stderr


def test_who_does_not_sell_or_keep_the_stock_may_not(database: str, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(NUMBERS, encoding="utf-8")
    for asked in (
        ["number", "import", str(file)],
        ["number", "range", "85517000000", "85517000099"],
        ["number", "reserve", "016000003"],
    ):
        found = typed([*asked, "--dsn", database])
        assert found.exit_code == 1
        assert "ROLE_MISSING" in found.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"first;last\n1;2\n", "the header has no"),
        (b"first,last,class\n\xff\xfe,,\n", "not CSV in UTF-8"),
        (b"", "the header has no"),
    ],
)
def test_a_file_that_is_none_is_named(
    sellers: str, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "numbers.csv"
    file.write_bytes(content)
    found = typed(["number", "import", str(file), "--dsn", sellers])
    assert found.exit_code == 1
    assert said in found.stderr
    missing = typed(["number", "import", f"{file}{os.sep}no", "--dsn", sellers])
    assert missing.exit_code == 1
