"""Cards, top-ups and lines as a person types them: answers, refusals by name, exit codes, JSON."""

import csv
import stat
from pathlib import Path

import pytest

from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Ask, GroupAsk, Request
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms import pack
from tenure.values.instant import parse_instant
from tests.commands.database import NUMBER, on, told, typed

NOW = "--at=2026-11-22T09:00:00+07:00"


@pytest.fixture
def where(database: str, tmp_path: Path) -> list[str]:
    """The options that say which database, and where its voucher key is."""
    return ["--dsn", database, "--key-file", str(tmp_path / "voucher.key")]


def cards(where: list[str], path: Path, *more: str) -> list[str]:
    """Issue three cards of 5.00 and read their PINs from paper."""
    issued = typed(
        [
            "vouchers",
            "issue",
            "--amount",
            "5.00",
            "--count",
            "3",
            "--output",
            str(path),
            *more,
            *where,
        ]
    )
    assert issued.exit_code == 0, issued.output
    with path.open(encoding="utf-8") as file:
        return [row["pin"] for row in csv.DictReader(file)]


def dsn_only(where: list[str]) -> list[str]:
    return where[:2]


def test_a_card_from_print_to_funds(where: list[str], tmp_path: Path) -> None:
    pins = cards(where, tmp_path / "cards.csv", NOW)
    assert stat.S_IMODE((tmp_path / "cards.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "voucher.key").stat().st_mode) == 0o600
    ask = ["topup", "012 345 678", "--voucher-pin-from-stdin", NOW, *where]

    used = typed(ask, stdin=f"{pins[0]}\n")
    again = typed(ask, stdin=f"{pins[0]}\n")
    by_other = typed([*ask, "--key", "another"], stdin=f"{pins[0]}\n")
    wrong = typed([*ask, "--json"], stdin="00000000000000\n")

    assert used.exit_code == 0, used.output
    assert "USD 5.00 added with card" in used.stdout
    assert "All funds, USD 25.00" in used.stdout
    assert again.exit_code == 0
    assert "filled before" in again.stdout
    assert by_other.exit_code == 1
    assert "refused (VOUCHER_USED)" in by_other.stderr
    assert wrong.exit_code == 1
    assert told(wrong)["refused"] == "PIN_UNKNOWN"
    assert not any(pin in used.output + again.output + by_other.output for pin in pins)


def test_cards_are_printed_once(where: list[str], tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    cards(where, path)
    before = path.read_text(encoding="utf-8")

    again = typed(
        ["vouchers", "issue", "--amount", "5.00", "--count", "3", "--output", str(path), *where]
    )
    report = typed(["vouchers", "report", "--json", *dsn_only(where)])

    assert again.exit_code == 1
    assert "File exists" in again.stderr
    assert path.read_text(encoding="utf-8") == before
    assert report.stdout.count('"batch"') == 1, "what could not be printed was not issued"


def test_cards_can_be_printed_to_stdout(where: list[str]) -> None:
    printed = typed(
        ["vouchers", "issue", "--amount", "1.00", "--count", "2", "--output", "-", *where]
    )

    assert printed.exit_code == 0
    lines = printed.stdout.strip().splitlines()
    assert lines[0] == "serial,pin,amount,active_days,expires_at"
    assert len(lines) == 3


def test_a_batch_is_blocked_and_reported(where: list[str], tmp_path: Path) -> None:
    cards(where, tmp_path / "cards.csv", NOW)

    one = typed(["vouchers", "block", "--serial", "1", NOW, *dsn_only(where)])
    rest = typed(["vouchers", "block", "--batch", "1", NOW, "--json", *dsn_only(where)])
    none = typed(["vouchers", "block", "--batch", "9", *dsn_only(where)])
    both = typed(["vouchers", "block", "--batch", "1", "--serial", "1", *dsn_only(where)])
    table = typed(["vouchers", "report", *dsn_only(where)])

    assert one.stdout == "blocked 1 cards\n"
    assert told(rest) == {"blocked": 2}
    assert none.exit_code == 1
    assert "UNKNOWN_BATCH" in none.stderr
    assert both.exit_code == 2
    assert "USD 0.00" in table.stdout


def test_another_key_is_refused_before_it_locks_people_out(
    where: list[str], tmp_path: Path
) -> None:
    pins = cards(where, tmp_path / "cards.csv")
    other = tmp_path / "other.key"
    other.write_text("00" * 32, encoding="ascii")
    other.chmod(0o600)
    ask = ["topup", "012345678", "--voucher-pin-from-stdin", "--key-file", str(other)]

    wrong = typed([*ask, *dsn_only(where)], stdin=pins[0])
    other.chmod(0o644)
    open_to_others = typed([*ask, *dsn_only(where)], stdin=pins[0])
    missing = typed([*ask[:-1], str(tmp_path / "none"), *dsn_only(where)], stdin=pins[0])

    assert wrong.exit_code == open_to_others.exit_code == missing.exit_code == 1
    assert "not the key" in wrong.stderr
    assert "chmod 600" in open_to_others.stderr
    assert "no such file" in missing.stderr


def test_a_key_file_that_is_no_key_is_named(where: list[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.key"
    for content in (b"not hexadecimal", b"00" * 31, b"\xff"):
        broken.write_bytes(content)
        broken.chmod(0o600)
        ask = ["topup", "012345678", "--voucher-pin-from-stdin", "--key-file", str(broken)]
        found = typed([*ask, *dsn_only(where)], stdin="1")
        assert found.exit_code == 1
        assert "broken.key: " in found.stderr
    nowhere = str(tmp_path / "broken.key" / "voucher.key")
    ask = ["vouchers", "issue", "--amount", "5", "--count", "1", "--output", "-"]
    assert "voucher.key: cannot be" in typed([*ask, "--key-file", nowhere, *dsn_only(where)]).stderr


def test_what_may_not_be_issued_is_not_printed(where: list[str], tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    ask = ["vouchers", "issue", "--count", "1", "--output", str(path), *where]

    odd = typed([*ask, "--amount", "3.33"])
    nobody = typed([*ask, "--amount", "5.00", "--by", "nobody", "--json"])
    report = typed(["vouchers", "report", *dsn_only(where)])

    assert "AMOUNT_INVALID" in odd.stderr
    assert told(nobody)["refused"] == "UNKNOWN_MEMBER"
    assert report.stdout == "no cards were issued\n"
    assert not path.exists()


def test_a_payment_by_key_has_one_effect(database: str) -> None:
    ask = ["topup", "+855 12 345 678", "--key", "receipt-1", "--dsn", database, NOW, "--json"]

    first = typed([*ask, "--amount", "5.00"])
    again = typed([*ask, "--amount", "5.00"])
    other = typed([*ask, "--amount", "1.00"])
    odd = typed([*ask[:-2], "--json", "--amount", "3.33"])

    assert told(first)["funds_micros"] == 25_000_000
    assert told(first)["repeated"] is False
    assert told(again)["repeated"] is True
    assert told(other)["refused"] == "KEY_REUSED"
    assert told(odd)["refused"] == "KEY_REUSED"
    assert (first.exit_code, again.exit_code, other.exit_code) == (0, 0, 1)


def test_a_plan_and_a_payment_of_a_debt(database: str) -> None:
    where = ["--dsn", database, NOW]

    plan = typed(["topup", "012345678", "--bundle", "data-5gb", "--key", "b", *where])
    none = typed(["topup", "012345678", "--bundle", "nothing", "--key", "c", *where])
    debt = typed(["topup", "012345679", "--amount", "9.00", "--key", "d", *where, "--json"])

    assert plan.exit_code == 0, plan.output
    assert "bought for USD 2.00" in plan.stdout
    assert none.exit_code == 1
    assert "UNKNOWN_BUNDLE" in none.stderr
    assert told(debt)["paid_off_micros"] == 7_000_000


def test_a_plan_is_not_bought_with_what_a_call_in_progress_holds(database: str) -> None:
    where = ["--dsn", database]
    for key, bundle in (("a", "roam-week"), ("b", "roam-week"), ("c", "data-5gb")):
        ask = ["topup", "012345678", "--bundle", bundle, "--key", key, NOW, *where]
        assert typed(ask).exit_code == 0
    at = parse_instant(NOW.removeprefix("--at="))
    call = Ask(
        Request.INITIAL,
        "call",
        0,
        at,
        Service.VOICE,
        Direction.OUT,
        msisdn=NUMBER,
        other_party="012999888",
        groups=(GroupAsk(0, requested=60),),
    )
    book = tariffs.compile_book(pack.load("smart-kh"))
    [answer] = on(database, lambda pool: perform(pool, charging.charge, book, [call]))
    assert answer.refusal is None
    ask = ["topup", "012345678", "--bundle", "data-5gb", "--key", "d", *where]

    during = typed([*ask, NOW])
    after = typed([*ask, "--at=2026-11-22T19:00:00+07:00"])

    assert during.exit_code == 1
    assert "CREDIT_EXHAUSTED" in during.stderr
    assert after.exit_code == 0, "a hold ends by itself"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["topup", "012345678"], 2, "give one of"),
        (["topup", "012345678", "--amount", "5"], 2, "give --key"),
        (["topup", "012345678", "--amount", "x", "--key", "k"], 2, "not an amount"),
        (["topup", "012345678", "--amount", "0.0000001", "--key", "k"], 2, "millionths"),
        (["topup", "12", "--amount", "5", "--key", "k"], 1, "WRONG_LENGTH"),
        (["topup", "011111111", "--amount", "5", "--key", "k"], 1, "UNKNOWN_NUMBER"),
        (["topup", "012345678", "--amount", "3.33", "--key", "k"], 1, "USD 1.00"),
        (["topup", "012345678", "--amount", "5", "--key", "k", "--by", "x"], 1, "UNKNOWN_MEMBER"),
        (["topup", "012345678", "--amount", "5", "--key", "k", "--operator", "x"], 1, "operator"),
        (["topup", "012345678", "--amount", "5", "--key", "k", "--at", "now"], 2, "--at"),
        (["line", "show", "011111111"], 1, "UNKNOWN_NUMBER"),
        (["line", "bar", "012345678", "--by", "nobody"], 1, "UNKNOWN_MEMBER"),
        (["vouchers", "issue", "--amount", "5", "--count", "1", "--output", "-"], 1, "--key-file"),
        (["vouchers", "issue", "--amount", "5", "--count", "0", "--output", "-"], 2, "count"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_what_was_asked_wrongly_or_is_refused_says_what_to_do(
    database: str, arguments: list[str], code: int, says: str
) -> None:
    found = typed([*arguments, "--dsn", database])

    assert found.exit_code == code, found.output
    assert says in found.output
    assert "Traceback" not in found.output


def test_a_database_that_is_away_is_named() -> None:
    away = typed(["line", "show", "012345678", "--dsn", "host=127.0.0.1 port=1 dbname=none"])

    assert away.exit_code == 1
    assert "no connection to the database" in away.stderr


def test_a_line_in_words(database: str) -> None:
    where = ["--dsn", database]
    typed(["topup", "012345678", "--amount", "5.00", "--key", "k", NOW, *where])

    words = typed(["line", "show", "+855 12 345 678", NOW, *where])
    later = typed(["line", "show", "012345678", "--at=2027-02-01T00:00:00Z", "--json", *where])
    debt = typed(["line", "show", "012345679", NOW, *where])

    assert words.exit_code == 0
    assert words.stdout.startswith("+85512345678  prepaid, prepaid: active\n")
    assert "funds       USD 25.00 until 2026-12-22 09:00:00" in words.stdout
    assert "USD 5.00 added by payment" in words.stdout
    assert told(later)["stage"] == "outgoing blocked"
    assert told(later)["usable_micros"] == 0
    assert "USD 7.00 of at most USD 100.00" in debt.stdout


def test_a_line_is_barred_and_lost_and_found(database: str) -> None:
    where = ["--dsn", database]
    asked = [
        (["bar", "--outgoing"], "outgoing barred"),
        (["bar"], "outgoing barred, incoming barred"),
        (["unbar", "--incoming"], "outgoing barred"),
        (["unbar"], "nothing bars it"),
        (["lost"], "reported lost at"),
        (["found"], "nothing bars it"),
    ]
    for (command, *options), says in asked:
        found = typed(["line", command, "012 345 678", *options, *where])
        assert found.exit_code == 0, found.output
        assert found.stdout.startswith("+85512345678: " + says)


def test_staff_is_enrolled_and_suspended(database: str) -> None:
    where = ["--dsn", database]

    sok = ["sok", "--name", "Sok", "--role", "care", "--document", "passport:N1"]
    enrolled = typed(["staff", "enrol", *sok, *where])
    may = typed(["line", "bar", "012345678", "--by", "sok", *where])
    may_not = typed(["vouchers", "block", "--batch", "1", "--by", "sok", *where])
    typed(["staff", "suspend", "sok", *where])
    no_more = typed(["line", "unbar", "012345678", "--by", "sok", *where])
    listed = typed(["staff", "list", *where])

    assert enrolled.stdout.startswith("enrolled: sok (care)\npasskey: ")
    assert may.exit_code == 0
    assert "ROLE_MISSING" in may_not.stderr
    assert "SUSPENDED" in no_more.stderr
    assert "sok (care), suspended at" in listed.stdout
