"""What the website brought, as somebody of ours types it: forms by a case, and a whole contest."""

import uuid
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from tenure.commands import passkey_file, website
from tenure.main import build
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Given, Received, Sent
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.terms import pack
from tenure.values.instant import iso
from tests.commands.database import ACT, AT, on
from tests.staff.given import key_of

TERMS = pack.load("smart-kh").terms
QUIZ = "water-festival-2026"
CONTEST = TERMS.privacy.website.contests[0]
OVER = iso(CONTEST.closes_at)


def typed(database: str, data: Path, *words: str) -> Result:
    """What a command answers."""
    where = ["--dsn", database, "--data", str(data), "--json"]
    return CliRunner().invoke(build(["privacy"], {}), ["privacy", *words, *where])


def said(database: str, data: Path, *words: str) -> dict[str, object]:
    """What a command answers a program."""
    answer = typed(database, data, *words)
    assert answer.exit_code == 0, answer.output
    return dict(msgspec.json.decode(answer.stdout))


def send(database: str, data: Path, number: int, form: str, **items: str) -> None:
    """A visitor sends a form."""
    found = TERMS.privacy.website.form(form)
    assert found is not None
    given = Given(items)
    mark = privacy.website.mark_of(b"k" * 32, found, given)
    sent = Sent(uuid.UUID(int=number), number, form, "en", given, "2025-10-23", mark)

    async def work(pool: Pool) -> object:
        with website.sealing(data, AT) as keys:
            return await perform(pool, privacy.website.receive, TERMS, keys, sent, ACT)

    assert isinstance(on(database, work), Received)


@pytest.fixture
def legal(database: str, passkeys: Path) -> None:
    """Somebody who may publish."""

    async def work(pool: Pool) -> object:
        key = key_of("legal")
        return await perform(
            pool, staff.enrol, "legal", "Legal", [Role.LEGAL], ACT_OF_DEMO, key=key.public
        )

    on(database, work)
    passkey_file.create(passkeys / "legal", key_of("legal"))


ACT_OF_DEMO = msgspec.structs.replace(ACT, by="demo")


def test_a_form_is_read_by_a_case_and_answered(database: str, tmp_path: Path) -> None:
    send(database, tmp_path, 1, "question", email="dara@example.com", question="Where?")
    (row,) = msgspec.json.decode(typed(database, tmp_path, "forms", "list").stdout)
    assert (row["form"], row["answered_at"]) == ("question", None)
    assert "dara" not in str(row)

    entry = row["entry"]
    unasked = typed(database, tmp_path, "forms", "show", entry, "--case", entry)
    assert msgspec.json.decode(unasked.stdout)["refused"] == "CASE_MISSING"
    case = str(said(database, tmp_path, "forms", "case", entry, "--reason", "to answer")["case"])
    shown = said(database, tmp_path, "forms", "show", entry, "--case", case)
    assert shown["items"] == {"email": "dara@example.com", "question": "Where?"}
    assert "answered_at" in said(database, tmp_path, "forms", "answer", entry, "--case", case)
    assert typed(database, tmp_path, "forms", "show", "x", "--case", case).exit_code == 2


@pytest.mark.usefixtures("legal")
def test_a_contest_from_its_seed_to_its_end(database: str, tmp_path: Path) -> None:
    first = said(database, tmp_path, "contest", "announce", QUIZ, "--at", iso(AT))
    seed = website.seed_of(tmp_path, QUIZ)
    assert seed is not None
    assert first["commitment"] == privacy.website.commitment_of(seed).hex()
    again = typed(database, tmp_path, "contest", "announce", QUIZ, "--at", iso(AT))
    assert msgspec.json.decode(again.stdout)["refused"] == "ANNOUNCED_ALREADY"
    for number in range(1, 6):
        items = {"answer": "tonle-sap", "name": "Sok", "phone": f"8551234567{number}"}
        send(database, tmp_path, number, "quiz", **items)

    draw = ["contest", "draw", QUIZ, "--right", "tonle-sap", "--at", OVER]
    careless = typed(database, tmp_path, *draw)
    assert msgspec.json.decode(careless.stdout)["refused"] == "ROLE_MISSING"
    done = said(database, tmp_path, *draw, "--by", "legal")
    assert done["tickets"] == 5
    winners = msgspec.json.decode(typed(database, tmp_path, "contest", "winners", QUIZ).stdout)
    assert winners == done["winners"]
    assert all(one["shown"].startswith("S… …67") for one in winners)

    async def work(pool: Pool) -> object:
        return await perform(pool, privacy.contests.results, QUIZ)

    results = on(database, work)
    assert isinstance(results, tuple)
    file = tmp_path / "draw.json"
    file.write_bytes(msgspec.json.encode(results[0]))
    offline = CliRunner().invoke(
        build(["privacy"], {}), ["privacy", "contest", "verify", str(file)]
    )
    assert "3 of 5 tickets won" in offline.output
    file.write_text(file.read_text().replace(seed.hex(), "00" * 32))
    forged = CliRunner().invoke(build(["privacy"], {}), ["privacy", "contest", "verify", str(file)])
    assert (forged.exit_code, "not the one whose hash" in forged.output) == (1, True)

    claims = iso(CONTEST.claim_until)
    assert said(database, tmp_path, "contest", "close", "--at", claims) == {"destroyed": 2}
    until = iso(CONTEST.winners_until)
    assert said(database, tmp_path, "contest", "close", "--at", until) == {"destroyed": 3}
