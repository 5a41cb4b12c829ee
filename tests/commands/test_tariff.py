"""A new price as people of ours type it: shown, asked for, approved, told, in force, withdrawn."""

import json
import shutil
from pathlib import Path
from typing import cast

import psycopg
import pytest
from psycopg.errors import CheckViolation

from tenure.commands import campaigning, passkey_file
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Ask, GroupAsk, Request
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.tariffs.rules import compile_book
from tenure.terms import pack
from tenure.values.instant import HOUR_MS, Instant, moment_of, parse_instant
from tests.commands.database import ACT, AT, NUMBER, on, told, typed
from tests.staff.given import key_of

SMART = Path(__file__).parents[2] / "operators" / "smart-kh"
NOON = parse_instant("2090-11-22T12:00:00+07:00")
"""Nothing is published in the past, so these people live later."""
NOW = ["--at", "2090-11-22T12:00:00+07:00"]
SUMMARY = """
[summary]
clause = "GTC-CHANGE"
en = "Calls to other networks by day cost one cent more a minute."
km = "ការហៅទៅបណ្តាញផ្សេងពេលថ្ងៃ ថ្លៃជាងមុនមួយសេនក្នុងមួយនាទី។"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A pack with a version more: calls to other networks by day cost USD 0.08 a minute."""
    folder = shutil.copytree(SMART, tmp_path / "pack")
    new = shutil.copytree(folder / "tariffs" / "2026-10", folder / "tariffs" / "2091-01")
    version = (new / "version.toml").read_text(encoding="utf-8")
    version = version.replace("2026-08-25T09:00:00", "2090-11-22T09:00:00")
    version = version.replace("2026-10-01T00:00:00", "2091-01-01T00:00:00")
    (new / "version.toml").write_text(version + SUMMARY, encoding="utf-8")
    rates = (new / "rates.csv").read_text(encoding="utf-8")
    dearer = rates.replace("day,   ,       ,       0.07", "day,   ,       ,       0.08")
    assert dearer != rates
    (new / "rates.csv").write_text(dearer, encoding="utf-8")
    return folder


@pytest.fixture
def where(database: str, owner: str, passkeys: Path) -> list[str]:
    """A database with two lines, one of which called another network for two minutes, and lena,
    who publishes."""

    async def work(pool: Pool) -> None:
        roles, key = [Role.LEGAL], key_of("lena").public
        asker = type(ACT)("demo", AT, ACT.salt)
        await perform(pool, staff.enrol, "lena", "Lena", roles, asker, key=key)
        call = Ask(
            Request.DEBIT, "call;1", 0, Instant(AT + HOUR_MS), Service.VOICE, Direction.OUT,
            msisdn=str(NUMBER), other_party="012999888", groups=(GroupAsk(0, 0, 120),),
        )  # fmt: skip
        book = compile_book(pack.load("smart-kh"))
        (answer,) = await perform(pool, charging.charge, book, [call])
        assert answer.refusal is None

    on(database, work)
    with psycopg.connect(owner) as connection:
        moment = moment_of(Instant(NOON - HOUR_MS))
        connection.execute("UPDATE money.entry SET at = %s WHERE kind = 2", [moment])
    passkey_file.create(passkeys / "lena", key_of("lena"))
    return ["--dsn", database]


def publish(own: Path, where: list[str], *more: str) -> str:
    done = typed(["tariff", "publish", str(own), "--by", "lena", *NOW, *where, *more])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_a_new_price_is_shown_approved_told_and_then_in_force(
    own: Path, where: list[str], database: str
) -> None:
    asked = publish(own, where)
    assert "2091-01 instead of 2026-10, from 2090-12-31T17:00:00+00:00 on: 1 price differs" in asked
    assert "USD 0.07 per 1 min" in asked
    assert "USD 0.08 per 1 min" in asked
    assert "2 lines are affected" in asked
    assert "(USD 0.14 charged), it would have cost them USD 0.02 more:" in asked
    assert "the median is USD 0.02 more; most affected are USD 0.02 more" in asked
    request = asked.split("tenure staff approve ")[1].split()[0]
    early = typed(["tariff", "publish", str(own), "--by", "lena", *NOW, *where])
    assert "APPROVAL_MISSING" in early.output
    approved = typed(["staff", "approve", request, "--by", "demo", *where])
    assert approved.exit_code == 0, approved.output

    done = publish(own, where)

    assert "published; 2 notices are planned, and have to be sent by 2090-12-01T17:00:00" in done
    waits = typed(["tariff", "show", "--operator", str(own), *NOW, *where]).output
    assert "announced" in waits
    assert "takes effect for nobody while 2 affected lines" in waits
    missing = typed(
        ["tariff", "missing", "2091-01", "--operator", str(own), "--by", "lena", *where]
    )
    assert str(NUMBER) in missing.output
    refused = typed(["tariff", "confirm", "--operator", str(own), *NOW, *where])
    assert (refused.exit_code, "former prices hold" in refused.output) == (1, True)

    listed = json.loads(typed(["campaign", "list", "--json", *NOW, *where]).output)
    assert [one["state"] for one in listed] == ["sending"]
    _told_everybody(database)
    confirmed = typed(["tariff", "confirm", "--operator", str(own), *NOW, *where])
    assert confirmed.output.startswith("2091-01 is in force from 2090-12-31T17:00:00+00:00 on")
    shown = told(typed(["tariff", "show", "--json", "--operator", str(own), *NOW, *where]))
    versions = cast("list[dict[str, object]]", shown["versions"])
    assert [one["state"] for one in versions] == ["replaced", "in force", "confirmed"]


def _told_everybody(database: str) -> None:
    """What the planned notices say has left by now."""

    async def work(pool: Pool) -> None:
        await campaigning.advance(pool, lambda: Instant(NOON + HOUR_MS))

    on(database, work)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE notices.notice SET sent_at = at WHERE kind = 'tariff.change'")


def test_what_is_announced_can_be_withdrawn(own: Path, where: list[str]) -> None:
    request = publish(own, where).split("tenure staff approve ")[1].split()[0]
    assert typed(["staff", "approve", request, "--by", "demo", *where]).exit_code == 0
    publish(own, where)
    take_back = ["tariff", "withdraw", "2091-01", "--operator", str(own), "--by", "lena", *where]

    done = typed([*take_back, "--reason", "a mistake"])

    assert done.exit_code == 0, done.output
    assert "the former prices hold" in done.output
    again = typed([*take_back, "--reason", "a mistake"])
    assert "refused (NOT_ANNOUNCED)" in again.output
    campaign = told(typed(["campaign", "show", "1", "--json", *where]))
    assert campaign["state"] == "cancelled"


def test_an_early_date_is_refused_with_the_earliest_lawful_one(own: Path, where: list[str]) -> None:
    late = ["--at", "2090-12-05T12:00:00+07:00"]
    refused = typed(["tariff", "publish", str(own), "--by", "lena", *late, *where])

    assert refused.exit_code == 1
    assert "refused (TOO_EARLY)" in refused.output
    assert "the earliest lawful instant is 2091-01-04T05:00:00+00:00 (GTC-CHANGE)" in refused.output


def test_nothing_is_published_in_the_past(own: Path, where: list[str]) -> None:
    before = ["--at", "2026-01-01T00:00:00+07:00"]
    asked = typed(["tariff", "publish", str(own), "--by", "lena", *before, *where])

    assert asked.exit_code == 2
    assert "in the past" in asked.output


def test_nobody_publishes_without_the_role(own: Path, where: list[str]) -> None:
    refused = typed(["tariff", "publish", str(own), "--by", "demo", *NOW, *where])

    assert "refused (ROLE_MISSING)" in refused.output


def test_a_change_is_said_in_every_language_or_not_published(own: Path, where: list[str]) -> None:
    file = own / "tariffs" / "2091-01" / "version.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("km ")))

    refused = typed(["tariff", "publish", str(own), "--by", "lena", *NOW, *where])

    assert "refused (SUMMARY_MISSING)" in refused.output
    assert "not said in km" in refused.output


AGAIN = """
INSERT INTO notices.campaign (key, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq,
                              asked, request_hash)
SELECT {key}, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq,
       {asked}, sha256(convert_to({signed}, 'UTF8'))
FROM notices.campaign
"""
OTHER = "replace({}, '2025-10-23', '2031-01-01')"
UNAPPROVED = {
    (OTHER.format("key"), "NULL", "NULL"): "campaign_of_a_document_was_asked",
    (OTHER.format("key"), "asked", "asked"): "campaign_is_what_was_asked",
    (OTHER.format("key"), OTHER.format("asked"), "asked"): "campaign_approval_is_of_what_was_asked",
    (OTHER.format("key"), OTHER.format("asked"), OTHER.format("asked")): (
        "campaign_approved_by_another_human"
    ),
}
"""What somebody alone might try, with all rights of the application, and what refuses it."""


def test_a_privacy_notice_is_asked_for_approved_kept_and_told(
    own: Path, where: list[str], database: str
) -> None:
    ask = ["document", "publish", "privacy-notice", "--operator", str(own), "--by", "lena", *where]
    first = typed(ask)
    assert first.exit_code == 0, (first.output, first.exception)
    request = first.output.split("tenure staff approve ")[1].split()[0]
    assert "asked for" in typed(ask).output
    assert typed(["staff", "approve", request, "--by", "demo", *where]).exit_code == 0

    done = told(typed([*ask, "--json"]))

    assert done["published"] is True
    assert done["planned"] == 0  # nobody holds the two lines
    with psycopg.connect(database) as connection:
        kept = connection.execute("SELECT kind, key FROM notices.campaign").fetchall()
    assert kept == [("privacy.change", "privacy-notice smart-kh 2025-10-23")]
    for (key, asked, signed), constraint in UNAPPROVED.items():
        again = AGAIN.format(key=key, asked=asked, signed=signed)
        with psycopg.connect(database) as connection, pytest.raises(CheckViolation) as found:
            connection.execute(again.encode())
        assert found.value.diag.constraint_name == constraint
    listed = json.loads(typed(["document", "list", "--operator", str(own), "--json"]).output)
    assert {one["document"] for one in listed} == {"general-terms", "privacy-notice"}
