"""The incident, through every way in: once as it is, and with guards taken away on purpose."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from tenure.commands.prove.model import Proof, Row, Told, Verdict
from tenure.commands.prove.post import Post
from tenure.commands.prove.ways.table import WAYS
from tenure.commands.prove.words import last_line, table, told
from tenure.gateways.hlr.server.memory import Memory
from tenure.gateways.hlr.translate import judging
from tenure.main import build
from tenure.postgres.denials import Denial, Denials
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import ATTEMPTS, NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import HoldingRefusal, Wrong
from tenure.promises.numbers.operations.attempts import TOLD_MAX
from tenure.values.refused import Refused
from tests.numbers.stocked import KH, act, days, msisdn, sell, stock
from tests.promises.console import run
from tests.promises.pages import CONSOLE, ROOT, blocks

# What each way in must meet at least, as it is said there.
MEETS = {
    "1a": "effect: CONSENT_MISSING",
    "1b": "sale: NUMBER_HELD",
    "1c": "POST /requests/approval: 403",
    "2a": "effect: CONSENT_MISSING",
    "2b": "sale: NUMBER_HELD",
    "3a": "permission denied for table tenure (42501)",
    "3b": "numbers.effect: effect_needs_every_consent (23514)",
    "3c": "the network: NOT_SIGNED",
    "3d": "permission denied for table binding (42501)",
    "4": "the auditor: HELD_BY_ANOTHER",
    "5a": "the auditor: HELD_BY_ANOTHER",
    "5b": "the network: NOT_ASKED",
    "7a": "consent: NOT_PROVEN",
    "7b": "the network: KEY_TOO_NEW",
    "8": "approval: NOT_INDEPENDENT",
    "9": "approval: NOT_INDEPENDENT",
    "10": "exactly one won in 4 of 4 rounds",
    "11a": "consent: NOT_PROVEN",
    "11b": "INSERT: consent_signs_exactly_this_request (23514)",
    "12a": "the network: TOO_EARLY",
    "12b": "the network: KEY_TOO_NEW",
    "x1": "effect: APPROVAL_MISSING",
    "x2": "numbers.effect: effect_needs_approvals_of_others (23514)",
    "x3": "ask: SIM_TOO_YOUNG",
    "x4": "ask: LOCKED",
    "x5": "the network: ENDED",
    "6": "the signer: ",
    "13": "the network, shown the forged leaf: DISBELIEVED WITNESSES_MISSING",
    "x6": "the auditor: HELD_BY_ANOTHER",
}
NO_PROOF = {"3d", "6"}
"""Where no number is known, and where the log itself is gone."""


def proven(*arguments: str) -> tuple[Result, dict[str, Any]]:
    """What the command says, and how it ended."""
    typed = ["prove", "incident", "--json", "--rounds", "4", *arguments]
    result = CliRunner().invoke(build(typed, {}), typed)
    return result, json.loads(result.stdout)


def test_the_incident_is_effective_in_no_way_and_every_owner_is_told() -> None:
    result, said = proven()

    by_way = {row["way"]: row for row in said["ways"]}
    assert by_way.keys() == MEETS.keys() == {way.number for way in WAYS}
    for way, row in by_way.items():
        assert any(met.startswith(MEETS[way]) for met in row["met"]), (way, row["met"])
        assert not row["effective"], way
        assert row["number_known"] == (way != "3d")
        assert row["receipt_verified"] == (way not in NO_PROOF), way
        assert (row["told"] is None) == (way == "3d"), way
    # A witness answers with the code of its specification (C2SP tlog-witness).
    assert any(": 422" in met or ": 409" in met for met in by_way["6"]["met"])
    assert any(": 409" in met for met in by_way["13"]["met"])
    # How long it took is for whoever runs the command: it is judged there, not here.
    assert said["effective"] == 0
    assert said["control_served"]
    in_time = all(row["in_time"] for row in said["ways"])
    assert (result.exit_code, said["holds"]) == (0 if in_time else 1, in_time)


@pytest.mark.parametrize(("guard", "way"), [("doubt_of", "3c"), ("doubt_of", "12a")])
def test_without_the_gate_the_same_attack_is_effective(
    monkeypatch: pytest.MonkeyPatch, guard: str, way: str
) -> None:
    """The gate believes whatever is asked: the command must see it."""

    def believing(_: object, asked: Any, __: object) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(asked.body)
        return found

    monkeypatch.setattr(judging, guard, believing)

    result, said = proven("--only", way)

    assert result.exit_code == 1
    assert said["effective"] == 1
    assert [row["effective"] for row in said["ways"]] == [True]


def test_without_the_memory_of_stops_a_stop_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Memory, "has_ended", lambda *_: False)

    result, said = proven("--only", "x5")

    assert (result.exit_code, said["effective"]) == (1, 1)


def test_the_page_about_the_incident_shows_what_is_printed(tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "docs" / "incident.md", (CONSOLE,))
    run(block, tmp_path, "")


def test_the_page_about_the_incident_has_every_number_of_the_issue() -> None:
    page = (ROOT / "docs" / "incident.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    told_of = {word for row in rows for word in re.findall(r"\d+", row.split("|")[1])}
    assert told_of == {str(number) for number in range(1, 14)}
    for met in MEETS.values():
        for name in re.findall(r"\b[A-Z]+_[A-Z_]+\b|\b[a-z]+(?:_[a-z]+){3,}\b", met):
            assert name in page, name


def test_a_way_that_nobody_knows_is_named() -> None:
    typed = ["prove", "incident", "--only", "99z"]
    result = CliRunner().invoke(build(typed, {}), typed)
    assert result.exit_code == 2
    assert "1a" in result.stderr


ROW = Row("1a", "the operations", ("NO",), effective=False, told=Told("sim.asked", 0.4), proof=None)


def row_with(**changes: object) -> Row:
    """The row with something of it otherwise."""
    return msgspec.structs.replace(ROW, **changes)


def verdict_of(*rows: Row, served: bool = True) -> Verdict:
    return Verdict(rows, "it effected", control_served=served, seconds=12.0)


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (ROW, True),
        (row_with(effective=True), False),
        (row_with(told=None), False),
        (row_with(told=Told("transfer.asked", 5.1)), False),
        (row_with(told=None, number_known=False, reviewers=1.0), True),
        (row_with(told=None, number_known=False), False),
    ],
)
def test_when_the_promise_held(row: Row, *, holds: bool) -> None:
    assert verdict_of(ROW, row).holds is holds
    assert not verdict_of(ROW, row, served=False).holds


def test_the_table_says_what_happened_and_the_last_line_counts() -> None:
    verdict = verdict_of(
        row_with(proof=Proof(7, "numbers.attempted", 6, verified=True)),
        row_with(way="3d", told=None, number_known=False, reviewers=0.2),
        row_with(way="5", effective=True, told=None, proof=Proof(8, "numbers.alarm", None)),
    )
    shown = table(verdict)
    for words in ("EFFECTIVE", "NOT TOLD", "receipt", "reviewers", "numbers.alarm"):
        assert words in shown, words
    assert last_line(verdict).startswith(
        "3 ways in, 1 effective in the network, slowest telling 0.4 s."
    )
    assert "Not told within 5 s: 5." in last_line(verdict)
    assert told(verdict)["effective"] == 1


def test_texts_are_seen_when_they_leave(tmp_path: Path) -> None:
    post = Post(tmp_path)
    (tmp_path / ".notice-000000000001.part").write_text("To: 855\n\nno\n")
    (tmp_path / f"notice-{2 * ATTEMPTS + 1:012d}").write_text("To: 85515000000\n\nyes\n")
    post.look()
    post.look()
    (left,) = post.left
    assert (left.notice_id, left.to) == (2, "85515000000")
    assert post.first("85515000000", left.at_seconds) is None
    assert post.first("85515000000", 0.0) == left


def test_what_the_store_refuses_is_read_from_its_log(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("2026-11-22 05:00:00.000 UTC [1] x 42501 ERROR:  permission denied before\n")
    found = Denials(log)
    with log.open("a") as file:
        file.write(
            "2026-11-22 05:12:05.123 UTC [7] tenure_app 42501 ERROR:  permission denied for table"
            " tenure\n"
            "2026-11-22 05:12:05.124 UTC [8] tenure_app 40001 ERROR:  could not serialize\n"
            "2026-11-22 05:12:05.125 UTC [9] thief 23514 ERROR:  the number is 85512345678\n"
            "2026-11-22 05:12:05.126 UTC [9] tenure_app 23514 ERR"
        )
    assert found.read() == [
        Denial(7, "tenure_app", "42501", "permission denied for table tenure"),
        # Whoever raises an error chooses its words: they are left out when they have digits.
        Denial(9, "thief", "23514", ""),
    ]
    with log.open("a") as file:
        file.write("OR:  effect needs every consent\n")
    assert found.read() == [Denial(9, "tenure_app", "23514", "effect needs every consent")]
    log.write_text("2026-11-22 06:00:00.000 UTC [3] tenure_app 23503 ERROR:  anew\n")
    assert [one.pid for one in found.read()] == [3]


async def test_a_refused_statement_that_names_a_number_is_told_to_its_holder(pool: Pool) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    said = {"what": "STORE", "refused": "42501"}
    text = f"UPDATE numbers.tenure SET holder_id = 2 WHERE msisdn = '{msisdn(0)}'"  # noqa: S608 -- what a thief typed

    named = await perform(pool, numbers.attempts.denied, text, act("<store>"), said)
    again = await perform(pool, numbers.attempts.denied, text, act("<store>"), said)
    nobody = await perform(pool, numbers.attempts.denied, "UPDATE x", act("<store>"), said)

    assert named == again == [msisdn(0)]
    assert nobody == []
    notice = await perform(pool, notices.of_number, msisdn(0))
    assert [one.telling.kind for one in notice] == [NoticeKind.SECURITY_ATTEMPT]
    open_ = await perform(pool, numbers.register.alarms_open)
    assert [(one.difference.msisdn, one.difference.wrong) for one in open_] == [
        (msisdn(0), Wrong.STORE_REFUSED),
        ("", Wrong.STORE_REFUSED),
    ]

    # The auditor finds no difference, and lets it stand for a day.
    auditor = numbers.register.Auditor()
    look = await perform(pool, auditor.look)
    await perform(pool, numbers.register.tell, auditor, look, act(at=days(0.9)))
    assert len(await perform(pool, numbers.register.alarms_open)) == 2
    await perform(pool, numbers.register.tell, auditor, look, act(at=days(1)))
    assert await perform(pool, numbers.register.alarms_open) == []


async def test_a_holder_is_told_of_so_many_attempts_and_each_is_a_leaf(
    pool: Pool, owner: str
) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    again = sell(iccid=sell(1).iccid, holder_id=2, purse_id=7)
    for _ in range(TOLD_MAX + 3):
        found = await perform(pool, numbers.holding.activate, KH, again, act())
        assert isinstance(found, Refused)
        assert found.refusal is HoldingRefusal.NUMBER_HELD

    told_ = await perform(pool, notices.of_number, msisdn(0), 100)
    assert len(told_) == TOLD_MAX
    with psycopg.connect(owner) as connection:
        (leaves,) = connection.execute(
            "SELECT count(*) FROM record.leaf WHERE kind = 'numbers.attempted'"
        ).fetchall()[0]
    assert leaves == TOLD_MAX + 3
    await perform(pool, numbers.holding.activate, KH, again, act(at=days(1)))
    assert len(await perform(pool, notices.of_number, msisdn(0), 100)) == TOLD_MAX + 1
