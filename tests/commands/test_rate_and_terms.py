"""What a person sees who types ``tenure rate`` and ``tenure terms check``."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tenure.main import build
from tests.tariffs.tables import cases

SMART = Path(__file__).parents[2] / "operators" / "smart-kh"
CALL = "rate --at 2026-09-30T23:58:10+07:00 voice --to 012999888 --seconds 250"


def typed(line: str) -> Result:
    arguments = line.split()
    return CliRunner().invoke(build(arguments, {}), arguments)


def test_a_call_across_a_change_of_prices_is_explained() -> None:
    answer = typed(CALL)

    assert answer.exit_code == 0
    assert answer.output.splitlines()[0] == "USD 0.27 for a call to other networks in Cambodia"
    assert "2 min at USD 0.06 per 1 min = USD 0.12 (version 2026-01, " in answer.output
    assert "3 min at USD 0.05 per 1 min = USD 0.15 (version 2026-10, " in answer.output
    assert "012999888" not in answer.output


@pytest.mark.parametrize("place", ["before", "after"])
def test_json_says_the_same_to_a_program(place: str) -> None:
    line = CALL.replace("rate", "rate --json") if place == "before" else f"{CALL} --json"

    facts = json.loads(typed(line).output)

    assert facts["micros"] == 270_000
    assert facts["exact_micros"] == [270_000, 1]
    assert facts["charged_units"] == 300
    assert [run["rate"].split("/")[0] for run in facts["runs"]] == ["2026-01", "2026-10"]
    assert facts["allowances"] == ["mix-monthly"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sms --to +66812345678", "USD 0.08 for a text to neighbouring and ASEAN countries"),
        ("sms --incoming", "USD 0.005 for a text received"),
        ("mms --to 010234567 --count 2", "USD 0.20 for a multimedia message to Smart numbers"),
        ("data --octets 1048576", "USD 0.008 for data: internet"),
        ("data --octets 1", "down, once; it took 13/16 of a millionth"),
        ("data --octets 1", "USD 0.000007 and 13/16 of a millionth"),
        ("data --octets 1048576 --visited 52001 --rating-group 100", "roaming in neighbouring"),
        ("content --amount 1.99", "USD 1.99 as asked = USD 1.99 (version 2026-10, offer prepaid)"),
        ("voice --to 117 --seconds 60", "USD 0.00 for a call to emergency numbers"),
        ("voice --to 1900 --seconds 60", "connecting  USD 0.05"),
        ("voice --incoming --seconds 3725", "1 h 2 min 5 s"),
    ],
)
def test_every_service_is_explained(line: str, said: str) -> None:
    answer = typed(f"rate --at 2026-11-22T10:00:00+07:00 {line}")
    assert answer.exit_code == 0, answer.output
    assert said in answer.output


def test_another_operator_has_its_own_currency_and_rules() -> None:
    answer = typed(
        "rate --operator smartfren-id --at 2026-11-22T10:00:00+07:00 "
        "voice --to 081212345678 --seconds 61"
    )
    assert answer.output.startswith("IDR 1200.00 for a call to other networks in Indonesia")
    assert "weekend" in answer.output


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("rate voice --to 4711 --seconds 5", 1, "UNKNOWN_DESTINATION"),
        ("rate --json data --rating-group 7 --octets 5", 1, '"refusal": "UNKNOWN_RATING_GROUP"'),
        ("rate --offer gold data --octets 5", 1, "no offer is named gold"),
        ("rate --at 2025-01-01T00:00:00Z data --octets 5", 1, "no version is in force"),
        ("rate --at yesterday data --octets 5", 2, "--at: "),
        ("rate --at 2026-11-22T10:00:00 data --octets 5", 2, "has no time zone"),
        ("rate --operator smart-th data --octets 5", 2, "smart-kh, smartfren-id"),
        ("rate content --amount 1,99", 2, "is not an amount"),
        ("rate voice --seconds 5", 2, "add --to NUMBER"),
        ("rate voice --to 010234567 --seconds -1", 2, "greater than or equal to 0"),
    ],
)
def test_what_has_no_price_or_no_meaning_is_refused(line: str, code: int, said: str) -> None:
    answer = typed(line)
    assert answer.exit_code == code
    assert said in answer.output


@pytest.mark.parametrize("operator", ["smart-kh", "smartfren-id"])
def test_a_pack_is_summed_up(operator: str) -> None:
    answer = typed(f"terms check {operator}")
    assert answer.exit_code == 0
    assert answer.output.startswith(f"{operator} can be used: ")
    assert "2 versions of the price list" in answer.output
    assert "GTC-RESTORE" in answer.output

    facts = json.loads(typed(f"terms check {operator} --json").output)
    assert facts["usable"] is True
    assert all("/out/service@" in route for route in facts["unpriced"])


def test_a_bad_pack_is_refused_with_the_place_of_each_mistake(tmp_path: Path) -> None:
    pack = shutil.copytree(SMART, tmp_path / "mine")
    figures = pack / "terms.toml"
    figures.write_text(figures.read_text().replace("notice_days = 30", "notice_days = 60"))

    answer = typed(f"terms check {pack}")
    assert answer.exit_code == 1
    assert f"{pack}/tariffs/2026-10/version.toml:6: the version takes effect 36 days" in (
        answer.output
    )

    facts = json.loads(typed(f"terms check {pack} --json").output)
    assert facts["usable"] is False
    assert facts["problems"][0]["clause"] == "GTC-CHANGE"
    assert typed("terms check no-such-pack").exit_code == 2


def test_a_tariff_of_ones_own_is_priced(tmp_path: Path) -> None:
    pack = shutil.copytree(SMART, tmp_path / "mine")
    rates = pack / "tariffs" / "2026-10" / "rates.csv"
    rates.write_text(rates.read_text().replace("0.07,  1 min", "0.33,  1 min"))

    answer = typed(f"rate --operator {pack} --at 2026-11-22T10:00:00+07:00 "
                   "voice --to 012999888 --seconds 1")  # fmt: skip

    assert answer.output.startswith("USD 0.33 ")


@pytest.mark.parametrize("command", ["terms check", "rate", *(
    f"rate {service}" for service in ("voice", "sms", "mms", "data", "content")
)])  # fmt: skip
def test_every_command_shows_an_example(command: str) -> None:
    answer = typed(f"{command} --help")
    assert answer.exit_code == 0
    assert f"Example: tenure {command}" in answer.output


def test_the_tables_of_decisions_hold_on_the_command_line_too() -> None:
    for case in cases("content.txt")[:5]:
        began = case["began"].replace(" ", "T") + "+07:00"
        facts = json.loads(
            typed(f"rate --at {began} content --amount {case['asked']} --json").output
        )
        assert facts["micros"] == round(float(case["costs"]) * 1_000_000)
