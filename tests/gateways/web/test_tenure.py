"""A number's whole tenure on its page: who may know what of it, and what proves it."""

import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tenure.commands.passkey_file import PasskeyFile
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session.cookies import text_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Locked
from tenure.promises.numbers.model.lifecycle import HoldKind
from tenure.promises.record import rules as record
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Purpose
from tenure.values.instant import DAY_MS, Instant
from tests.gateways.web.visiting import Clock, browser, shown_key, sign_in, signed, site_over
from tests.gateways.witness.world import Record, recording
from tests.numbers.asked import (
    LATER,
    NEW,
    OLD,
    by_passkey,
    complete,
    effect,
    holder_key,
    populated,
    request_id,
)
from tests.numbers.stocked import AT, KH, act, msisdn
from tests.staff.given import by

NUMBER = "015 000 000"
CASE = "b1c1a3f0-0000-4000-8000-000000000009"
TRANSFERRED = Instant(LATER + 2 * DAY_MS)
"""After the cooling-off."""


@pytest.fixture
def clock() -> Clock:
    return Clock(Instant(TRANSFERRED + DAY_MS))


@pytest.fixture
async def written(pool: Pool, tmp_path: Path) -> AsyncIterator[Record]:
    """A number that was sold to person 1 and transferred to person 2."""
    async with recording(pool, tmp_path) as made:
        await populated(pool)
        await complete(pool)
        done = await effect(pool, 1, TRANSFERRED)
        assert getattr(done, "ending", None), done
        yield made


@pytest.fixture
async def site(pool: Pool, written: Record, clock: Clock) -> Site:
    return site_over(pool, clock, witnesses=[one.key.vkey for one in written.witnesses])


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as client:
        yield client


async def published(made: Record) -> None:
    while await made.publisher.step():
        pass


async def seen_by_staff(client: httpx.AsyncClient, pool: Pool, clock: Clock) -> httpx.Response:
    """What sok sees of the number by a case about it."""
    act_ = by("sok", clock.at, "a letter")
    opened = await perform(pool, staff.open_case, CASE, Purpose.COMPLAINT, msisdn(0), act_)
    assert isinstance(opened, Case), opened
    form = await sign_in(client, "sok")
    asked = {"form": form, "number": NUMBER, "purpose": "complaint", "case": CASE}
    return await client.post("/number", data=asked)


async def seen_by_holder(client: httpx.AsyncClient, key: PasskeyFile) -> httpx.Response:
    """What somebody sees of their own."""
    challenge = shown_key((await client.get("/mine")).text)
    shown = {"challenge": text_of(challenge), "signed": signed(key, challenge)}
    return await client.post("/mine", data=shown)


async def test_staff_sees_who_holds_it_and_that_somebody_else_did(
    client: httpx.AsyncClient, pool: Pool, clock: Clock, written: Record
) -> None:
    await published(written)
    page = (await seen_by_staff(client, pool, clock)).text
    assert "Person 2" in page
    assert "Person 1" not in page
    assert "somebody else" in page
    for sentence in (
        "The number was sold to its holder, on a new SIM.",
        "Somebody asked for a transfer to another holder.",
        "The holder agreed to a transfer to another holder.",
        "Whoever is to have the number agreed to a transfer to another holder.",
        "The number went to another holder.",
    ):
        assert sentence in page
    assert page.count("proved in the record") == 5
    assert "cosigned by one.example and two.example" in page


async def test_every_receipt_of_the_page_holds_and_names_no_former_holder(
    client: httpx.AsyncClient, pool: Pool, clock: Clock, written: Record
) -> None:
    await published(written)
    page = (await seen_by_staff(client, pool, clock)).text
    found = re.findall(r"data:application/json;base64,([^']+)", page)
    assert len(found) == 5
    for each in found:
        receipt = record.receipt_of(base64.b64decode(each).decode())
        proven = record.verify(receipt, written.trust)
        about = getattr(proven, "about", None)
        assert about is not None, proven
        assert about["msisdn"] == msisdn(0)
        fields = (
            {"msisdn", "to", "iccid"}
            if json.loads(receipt.leaf)["kind"].endswith("transferred")
            else {"msisdn"}
        )
        assert set(about) == fields


async def test_what_no_witness_has_seen_is_said_to_wait(
    client: httpx.AsyncClient, pool: Pool, clock: Clock, written: Record
) -> None:
    del written
    page = (await seen_by_staff(client, pool, clock)).text
    assert page.count("no witness has cosigned it yet") == 5
    assert "proved in the record" not in page
    assert "base64" not in page


async def test_a_holder_sees_their_own_time_and_nothing_before(
    client: httpx.AsyncClient, written: Record
) -> None:
    await published(written)
    page = (await seen_by_holder(client, holder_key(NEW))).text
    assert "+855 15 000 000" in page
    assert "got it by a transfer, with the consent of both" in page
    assert "The number went to another holder." in page
    assert "The number was sold" not in page
    assert "Person" not in page
    nothing = (await seen_by_holder(client, holder_key(OLD))).text
    assert "You hold no number here." in nothing
    assert "+855" not in nothing


async def test_a_strange_passkey_and_a_used_challenge_show_nothing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    assert (await seen_by_holder(client, PasskeyFile(b"n" * 32, b"k" * 32))).status_code == 403
    challenge = shown_key((await client.get("/mine")).text)
    shown = {"challenge": text_of(challenge), "signed": signed(holder_key(NEW), challenge)}
    assert (await client.post("/mine", data=shown)).status_code == 200
    assert (await client.post("/mine", data=shown)).status_code == 403
    challenge = shown_key((await client.get("/mine")).text)
    shown = {"challenge": text_of(challenge), "signed": signed(holder_key(NEW), challenge)}
    clock.later(2 * 60_000)
    assert (await client.post("/mine", data=shown)).status_code == 403


async def test_locks_holds_and_requests_are_told(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    at = clock.at
    proof = by_passkey(NEW, numbers.requests.lock_hash(msisdn(0), at))
    locked = await perform(pool, numbers.requests.lock, msisdn(0), proof, act("<holder>", at))
    assert isinstance(locked, Locked), locked
    held = await perform(
        pool, numbers.lifecycle.hold, msisdn(0), HoldKind.COURT_ORDER, "K 12/27", act("sok", at)
    )
    assert getattr(held, "hold_id", None), held
    page = (await seen_by_holder(client, holder_key(NEW))).text
    assert "Locked by its holder" in page
    assert "Court order" in page
    assert "K 12/27" not in page
    assert "Told that the number is locked." in page


@pytest.mark.parametrize(
    ("purpose", "case", "status"),
    [
        ("complaint", "", 403),
        ("complaint", "not a case", 403),
        ("", CASE, 403),
        ("break-glass", "", 403),
        ("demonstration", "", 403),
    ],
)
async def test_without_an_open_case_about_it_nothing_is_shown(
    client: httpx.AsyncClient, purpose: str, case: str, status: int
) -> None:
    form = await sign_in(client, "sok")
    asked = {"form": form, "number": NUMBER, "purpose": purpose, "case": case}
    answer = await client.post("/number", data=asked)
    assert answer.status_code == status
    assert "Person" not in answer.text
    assert "Who holds it" not in answer.text


async def test_nobody_looks_without_signing_in(client: httpx.AsyncClient) -> None:
    page = await client.post("/number", data={"number": NUMBER})
    data = await client.post("/api/number", json={"number": NUMBER})
    assert (page.status_code, data.status_code) == (401, 401)
    for path in ("/case", "/glass"):
        assert (await client.post(path, data={"about": NUMBER})).status_code in {401, 403}


async def test_what_was_looked_at_is_kept(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    await seen_by_staff(client, pool, clock)
    found = await perform(pool, staff.report, "sok", by("vanna", clock.at))
    events = getattr(found, "events", ())
    assert any(one.what == "saw" for one in events), found


async def test_a_real_member_closes_a_demonstration(pool: Pool, clock: Clock) -> None:
    del clock
    await populated(pool)
    async with browser(site_over(pool, Clock(), demo="demo")) as client:
        assert (await client.post("/number", data={"number": NUMBER})).status_code == 401
        assert "invented people" not in (await client.get("/")).text


async def test_the_request_of_the_transfer_is_on_the_page(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    page = (await seen_by_staff(client, pool, clock)).text
    assert "It took effect on" in page
    assert request_id(1) not in page
    assert KH.name in page
    assert str(AT) not in page
