"""The commands ``tenure consent`` on a database with one person who holds a number, and a child."""

import inspect
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tenure.commands.consent import saying
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tests.commands.database import on, told, typed
from tests.numbers.stocked import KH, act, card, msisdn, person, sell, stock

CHILD, PARENT = 6, 7
AT = "2027-01-16T15:00:00+07:00"
LATER = "2027-01-16T15:00:01+07:00"


@pytest.fixture
def store(database: str) -> str:
    """A database with demo in it, and a number that person 1 holds."""

    async def sold(tx: Transaction) -> None:
        await stock(tx)
        await numbers.holding.activate(tx, KH, sell(0, iccid=card(0).iccid), act())
        child = person(CHILD, date(2012, 3, 1))
        await people.enter_all(tx, [child, person(PARENT)], act())
        await people.name_guardian(tx, KH, CHILD, PARENT, "0" * 64, act())

    async def work(pool: Pool) -> None:
        await perform(pool, sold)

    on(database, work)
    return database


def ask(store: str, *words: str, at: str = AT) -> Result:
    return typed(["consent", *words, "--dsn", store, "--at", at])


def purposes(store: str, who: int = 1, at: str = AT) -> object:
    return told(ask(store, "show", str(who), "--json", at=at))["purposes"]


def test_a_yes_and_a_no_at_a_counter(store: str) -> None:
    given = ask(store, "give", "1", "offers", "--medium", "sms", "--evidence", "form-7")
    assert given.exit_code == 0, given.output
    assert "offers by sms given" in given.stdout
    assert purposes(store) == {
        "offers": ["sms"],
        "partner-offers": [],
        "analysis": [],
        "partner-services": [],
    }
    again = ask(store, "give", "1", "offers", "--medium", "sms", at=LATER)
    assert again.stdout == "nothing new: it was said before\n"

    ended = ask(store, "withdraw", "1", at=LATER)

    assert ended.exit_code == 0, ended.output
    assert "offers by sms withdrawn" in ended.stdout
    assert purposes(store, at=LATER)["offers"] == []  # type: ignore[index]

    async def heard(pool: Pool) -> list[str]:
        found = await perform(pool, notices.of_number, msisdn(0), 20)
        return [one.telling.kind.value for one in found]

    kinds = on(store, heard)
    assert kinds.count("consent.given") == 1
    assert kinds.count("consent.withdrawn") == 2


def test_a_guardian_says_yes_for_a_child(store: str) -> None:
    alone = ask(store, "give", "6", "offers")
    assert alone.exit_code == 1
    assert "refused (GUARDIAN_NEEDED)" in alone.output
    guarded = ask(store, "give", "6", "offers", "--guardian", "7")
    assert guarded.exit_code == 0, guarded.output
    assert "until 2030-02-28T17:00:00+00:00" in guarded.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["give", "1", "gossip"], 1, "refused (UNKNOWN_PURPOSE): the purposes are offers"),
        (["give", "99", "offers"], 1, "refused (UNKNOWN_PERSON)"),
        (["withdraw", "99"], 1, "refused (UNKNOWN_PERSON)"),
        (["give", "1", "offers", "--medium", "app"], 1, "refused (UNKNOWN_MEDIUM)"),
        (["give", "1", "offers", "--medium", "pigeon"], 2, "pigeon"),
        (["give", "1"], 2, "PURPOSE"),
        (["accept", "99", "--manner", "click"], 1, "refused (UNKNOWN_PERSON)"),
        (["accept", "1"], 2, "--manner"),
        (["receipt", "7", "--key-file", "x"], 2, "RECORD"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_remedy(
    store: str, words: Sequence[str], code: int, said: str
) -> None:
    found = ask(store, *words)
    assert (found.exit_code, said in found.output) == (code, True), found.output


def test_a_receipt_is_verified_without_a_database(store: str, tmp_path: Path) -> None:
    ask(store, "give", "1", "analysis")
    words = told(ask(store, "show", "1", "--json"))["words"]
    assert isinstance(words, list)
    record = words[0]["record"]
    keyed = ("--key-file", str(tmp_path / "receipts"))
    signed = ask(store, "receipt", record, *keyed)
    assert signed.exit_code == 0, signed.output
    (tmp_path / "receipt.jws").write_text(signed.stdout, encoding="ascii")
    public = typed(["consent", "key", *keyed, "--dsn", store])
    (tmp_path / "receipts.jwk").write_text(public.stdout, encoding="ascii")
    check = ["consent", "verify", str(tmp_path / "receipt.jws"), "--key"]

    found = typed([*check, str(tmp_path / "receipts.jwk")])

    assert found.exit_code == 0, found.output
    title = KH.consents.purposes[2].texts["km"].title
    assert f"{title}: given at 2027-01-16" in found.stdout
    fields = told(ask(store, "receipt", record, *keyed, "--json"))
    assert told(typed([*check, str(tmp_path / "receipts.jwk"), "--json"])) == fields
    (tmp_path / "receipt.jws").write_text(signed.stdout[:-9], encoding="ascii")
    forged = typed([*check, str(tmp_path / "receipts.jwk")])
    assert forged.exit_code == 1
    assert "do not believe it" in forged.output
    unkeyed = typed([*check, str(tmp_path / "receipt.jws")])
    assert "the key is no JSON Web Key" in unkeyed.output


def test_terms_are_accepted_by_signature(store: str) -> None:
    found = ask(store, "accept", "1", "--manner", "signature", "--evidence", "form-7")
    assert found.exit_code == 0, found.output
    assert "general-terms 2021-07-31 accepted by signature" in found.stdout
    shown = ask(store, "show", "1")
    assert "accepted by signature" in shown.stdout


def test_who_may_not_write_it_down_is_refused(store: str) -> None:
    found = ask(store, "withdraw", "1", "--by", "nobody")
    assert found.exit_code == 1
    assert "refused" in found.output


def test_a_no_takes_no_more_words_than_a_yes() -> None:
    """What has no default has to be typed."""

    def needed(command: object) -> int:
        signature = inspect.signature(command)  # type: ignore[arg-type]
        return sum(one.default is inspect.Parameter.empty for one in signature.parameters.values())

    assert needed(saying.withdraw) < needed(saying.give)
