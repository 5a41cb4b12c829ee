"""Measures as a person of ours types them: answers, refusals by name, two humans, JSON."""

import json
from pathlib import Path

import msgspec
import pytest

from tenure.commands import passkey_file
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tests.commands.database import ACT, on, told, typed
from tests.staff.given import key_of

WHY = ["--reason", "floods others with texts", "--evidence", "case 12"]


@pytest.fixture
def where(database: str) -> list[str]:
    """A database with two lines, demo, and chan who approves."""

    async def work(pool: Pool) -> None:
        key = key_of("chan").public
        roles = [Role.SUPERVISOR]
        await perform(pool, staff.enrol, "chan", "Chan", roles, by_demo(), key=key)

    on(database, work)
    return ["--dsn", database]


def by_demo() -> Act:
    return msgspec.structs.replace(ACT, by="demo")


def asked(where: list[str], *words: str) -> str:
    """What is said when it is done."""
    done = typed(["access", *words, *where])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_restriction_is_taken_listed_and_lifted(where: list[str]) -> None:
    ask = ["restrict", "012 345 678", "--service", "sms", "--service", "data", *WHY]
    first = asked(where, *ask, "--hours", "2")
    assert first.startswith("1: restriction from sms, data (GTC-ABUSE) until 20")
    assert "floods others" in asked(where, "list", "012345678")
    shown = typed(["line", "show", "012345678", *where]).output
    assert "active, restricted from sms until 20" in shown
    assert ", restricted from data until 20" in shown
    done = typed(["access", "lift", "1", "--reason", "stopped", *where, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    lifted = told(done)
    assert lifted["services"] == ["data", "sms"]
    assert "; lifted at 20" in asked(where, "list", "012345678")
    again = typed(["access", "lift", "1", "--reason", "stopped", *where])
    assert again.exit_code == 1
    assert "refused (ENDED_ALREADY)" in again.output


def test_a_suspension_names_its_clause(where: list[str]) -> None:
    assert asked(where, "suspend", "012345678", *WHY).startswith("1: suspension (GTC-ILLEGAL);")
    shown = typed(["line", "show", "012345678", *where])
    assert "suspended" in shown.output


def test_a_contract_ends_by_two_of_us(where: list[str], tmp_path: Path) -> None:
    ask = ["terminate", "012345678", *WHY, "--proof", "decision 7"]
    first = typed(["access", *ask, *where, "--json"])
    assert first.exit_code == 0, (first.output, first.exception)
    request = told(first)["request"]
    alone = typed(["access", *ask, *where])
    assert "refused (APPROVAL_MISSING)" in alone.output
    own = typed(["staff", "approve", str(request), *where])
    assert own.exit_code == 1
    key = tmp_path / "chan"
    passkey_file.create(key, key_of("chan"))
    agreed = typed(
        ["staff", "approve", str(request), "--by", "chan", "--passkey", str(key), *where]
    )
    assert agreed.exit_code == 0, agreed.output
    assert asked(where, *ask).startswith("1: termination (GTC-ABUSE);")


def test_groups_are_of_an_offer_or_a_list(where: list[str], tmp_path: Path) -> None:
    why = ["--service", "data", "--ground", "overload", *WHY, "--hours", "2"]
    said = asked(where, "group", "--offer", "prepaid", *why)
    assert said.startswith("group 1: 1 lines (offer:prepaid) restricted from data for overload")
    listed = tmp_path / "numbers.txt"
    listed.write_text("012 345 678\n\n+855 12 345 679\n", encoding="utf-8")
    group = told(typed(["access", "group", "--list", str(listed), *why, *where, "--json"]))
    assert (group["lines"], group["chosen"]) == (2, "list")
    assert "lifted" in asked(where, "lift", "2", "--group", "--reason", "resolved")
    assert asked(where, "list").count("\n") == 2
    for wrong in ([], ["--offer", "prepaid", "--list", str(listed)]):
        assert typed(["access", "group", *wrong, *why, *where]).exit_code == 2
    missing = typed(["access", "group", "--list", str(tmp_path / "none"), *why, *where])
    assert missing.exit_code == 1


def test_only_who_may_restrict_does(where: list[str], tmp_path: Path) -> None:
    key = tmp_path / "chan"
    passkey_file.create(key, key_of("chan"))
    own = ["--by", "chan", "--passkey", str(key)]
    done = typed(["access", "suspend", "012345678", *WHY, *own, *where])
    assert "refused (ROLE_MISSING)" in done.output


def test_an_unknown_service_is_asked_wrongly(where: list[str]) -> None:
    done = typed(["access", "restrict", "012345678", "--service", "fax", *WHY, *where])
    assert done.exit_code == 2
    assert "fax is none of voice, sms" in " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("form", "words"),
    [("filter", "deny in 6 from assigned to any 25"), ("nftables", "tcp dport { 25 } reject")],
)
def test_the_policy_is_printed_for_who_carries(form: str, words: str) -> None:
    assert words in typed(["access", "policy", "--form", form]).output
    other = typed(["access", "policy", "--operator", "smartfren-id"])
    assert other.output == "nothing is blocked\n"


def test_the_policy_of_a_policy_function_is_json() -> None:
    assert "pccRules" in json.loads(typed(["access", "policy", "--form", "pcc"]).output)
    answer = told(typed(["access", "policy", "--json"]))
    assert (answer["blocked_tcp_ports"], answer["recommended_port"]) == ([25], 587)
