"""Recipients hear of a change, and only what they signed themselves ends the telling of it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import pytest

from tenure.gateways.recipients.server import Carried, Carrier, Sender
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy.model.propagation import Change, Message, Refusal
from tenure.promises.privacy.model.rights import Dossier, State
from tenure.promises.privacy.operations import disclosures, propagation
from tenure.promises.privacy.rules import propagation as rules
from tenure.terms.model import Terms
from tenure.terms.rights import Right
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.refused import Refused
from tests.consent.test_constraints import refused
from tests.numbers.stocked import KH, act
from tests.privacy import recipient
from tests.privacy.leaving import BY_ORDER, CARE, LATER, agreed, disclosed, three
from tests.privacy.rights_asked import asked, hours, proven, received, settled, worked
from tests.privacy.test_disclosures import approved

OURS: Final = bytes([9]) * 32
OTHERS: Final = bytes([5]) * 32
ROOT: Final = Path(__file__).parents[2]


def told_by(terms: Terms, **ways: str) -> Terms:
    """The pack, with recipients who are told so and whose key is the test's."""
    disclosing = terms.privacy.disclosing
    names = {name.replace("_", "-"): way for name, way in ways.items()}
    recipients = tuple(
        msgspec.structs.replace(one, deliver=names[one.name], keys=(recipient.public(),))
        if one.name in names
        else one
        for one in disclosing.recipients
    )
    disclosing = msgspec.structs.replace(disclosing, recipients=recipients)
    privacy = msgspec.structs.replace(terms.privacy, disclosing=disclosing)
    return msgspec.structs.replace(terms, privacy=privacy)


async def given(pool: Pool, owner: str, **ways: str) -> Message:
    """Person 1 was given to the care centre, and is erased there."""
    await three(pool)
    await agreed(owner, told_by(KH, **ways))
    await disclosed(pool, CARE)
    (made,) = await perform(pool, propagation.propagate, 1, Change.ERASURE, act("sok", LATER))
    return made


async def sent(pool: Pool, at: Instant = LATER) -> list[Message]:
    return await perform(pool, propagation.sending, "Smart", OURS, at)


async def kept(pool: Pool, receipt: bytes, at: Instant = LATER) -> Message | Refused[Refusal]:
    return await perform(pool, propagation.acknowledged, receipt, act("sok", at))


def carrier(pool: Pool, folder: Path, at: Instant = LATER) -> Carrier:
    return Carrier(pool, Sender("Smart", OURS, folder), lambda: at)


def later_by(milliseconds: int) -> Instant:
    return Instant(LATER + milliseconds)


async def test_a_change_is_told_to_everybody_who_was_given_something(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner, told_by(KH, group_care="file", credit_bureau="file"))
    assert await perform(pool, propagation.propagate, 1, Change.ERASURE, act("sok", LATER)) == ()
    await disclosed(pool, CARE)
    await disclosed(pool, CARE, salt=8)
    bureau = msgspec.structs.replace(
        CARE, recipient="credit-bureau", purpose="identity-check", persons=(1,)
    )
    await disclosed(pool, bureau, salt=9)
    await approved(pool, BY_ORDER, "sam", "vanna")
    await disclosed(pool, BY_ORDER, Instant(LATER + 100), salt=10)

    made = await perform(pool, propagation.propagate, 1, Change.CORRECTION, act("sok", LATER))

    assert [one.recipient for one in made] == ["credit-bureau", "group-care"], "no investigators"
    known = {one.reference for one in await perform(pool, disclosures.disclosed_to, 1)}
    refs = {ref for one in made for ref in one.references}
    assert refs < known
    assert len(refs) == 3
    first = await sent(pool)
    assert {one.message_id for one in first} == {one.message_id for one in made}
    assert await sent(pool, later_by(HOUR_MS - 1)) == []
    again = await sent(pool, later_by(HOUR_MS))
    assert [one.attempts for one in again] == [2, 2]
    assert {one.signed for one in again} == {one.signed for one in first}, "the same octets"
    assert await sent(pool, later_by(3 * HOUR_MS - 1)) == []
    said = recipient.read(first[0].signed, str(consent.public_key(OURS)["x"]))
    assert said is not None
    assert said["subject_request_type"] == "correction"
    assert "Person 1" not in json.dumps(said)
    assert recipient.read(first[0].signed, recipient.public()) is None, "nobody else signed it"


async def test_only_what_the_recipient_signed_about_exactly_this_counts(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner, told_by(KH, group_care="file"))
    await disclosed(pool, CARE)
    for salt, change in ((7, Change.RESTRICTION), (8, Change.ERASURE)):
        who = msgspec.structs.replace(act("sok", LATER), salt=bytes([salt]) * 32)
        await perform(pool, propagation.propagate, 1, change, who)
    first, second = (one.signed for one in await sent(pool))
    good = recipient.receipt(first)
    head, body, signature = good.decode().split(".")
    unknown = "00000000-0000-4000-8000-000000000001"
    forged = recipient.text(bytes(64))
    wrong = {
        b"": Refusal.RECEIPT_UNUSABLE,
        b"\xff" * 10: Refusal.RECEIPT_UNUSABLE,
        b'{"request_status": "completed"}': Refusal.RECEIPT_UNUSABLE,
        f"{head}.{body}".encode(): Refusal.RECEIPT_UNUSABLE,
        good + b"." + good: Refusal.RECEIPT_UNUSABLE,
        good + b"A" * 4_096: Refusal.RECEIPT_UNUSABLE,
        first.encode(): Refusal.RECEIPT_UNUSABLE,
        recipient.receipt(first, type_="consent-receipt+json"): Refusal.RECEIPT_UNUSABLE,
        recipient.receipt(first, subject_request_id="7"): Refusal.RECEIPT_UNUSABLE,
        recipient.receipt(first, subject_request_id=unknown): Refusal.UNKNOWN_MESSAGE,
        recipient.receipt(first, seed=OTHERS): Refusal.KEY_UNKNOWN,
        recipient.receipt(first, seed=OURS): Refusal.KEY_UNKNOWN,
        f"{head}.{body}.{forged}".encode(): Refusal.RECEIPT_FORGED,
        f"{head}.{recipient.receipt(second).decode().split('.')[1]}.{signature}".encode(): (
            Refusal.RECEIPT_FORGED
        ),
        recipient.receipt(first, message_sha256="0" * 64): Refusal.RECEIPT_DIFFERS,
        recipient.receipt(first, request_status="pending"): Refusal.NOT_COMPLETED,
    }
    for receipt, why in wrong.items():
        found = await kept(pool, receipt)
        assert isinstance(found, Refused), receipt
        assert (found.refusal, bool(found.detail)) == (why, True), receipt
    assert len(await perform(pool, propagation.unanswered)) == 2, "nothing of them was kept"

    done = await kept(pool, good)
    assert not isinstance(done, Refused)
    assert done.done_at == LATER
    for replayed in (good, good + b"\n", recipient.receipt(first, completed_time="now")):
        found = await kept(pool, replayed, later_by(1))
        assert isinstance(found, Refused)
        assert found.refusal is Refusal.RECEIPT_REPLAYED
    (rest,) = await perform(pool, propagation.unanswered)
    assert rest.signed == second, "a receipt is of one message alone"


async def test_a_receipt_of_another_recipient_is_none(pool: Pool, owner: str) -> None:
    await given(pool, owner, film_club="file")
    (one,) = await sent(pool)
    assert one.recipient == "group-care"
    found = await kept(pool, recipient.receipt(one.signed))
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.KEY_UNKNOWN, "the film club cannot answer for the care centre"


async def test_a_key_is_replaced_with_an_overlap_and_who_left_the_pack_still_answers(
    pool: Pool, owner: str
) -> None:
    await given(pool, owner)
    (one,) = await sent(pool)
    both = told_by(KH, group_care="file")
    await agreed(owner, both)
    without = msgspec.structs.replace(
        both.privacy.disclosing,
        recipients=tuple(
            each for each in both.privacy.disclosing.recipients if each.name != "group-care"
        ),
    )
    gone = msgspec.structs.replace(both.privacy, disclosing=without)
    await agreed(owner, msgspec.structs.replace(both, privacy=gone))
    done = await kept(pool, recipient.receipt(one.signed))
    assert not isinstance(done, Refused)


async def test_the_database_takes_no_receipt_but_by_its_door(
    pool: Pool, owner: str, database: str
) -> None:
    made = await given(pool, owner, group_care="file")
    (one,) = await sent(pool)
    good = recipient.receipt(one.signed).decode()
    pick = f"SELECT privacy.acknowledge('{made.message_id}', '{{}}', 1, '2027-02-01')"
    another = recipient.receipt(one.signed, message_sha256="0" * 64).decode()
    expected = {
        "UPDATE privacy.message SET receipt = signed": "no right to do it",
        "UPDATE privacy.message SET done_at = now()": "no right to do it",
        "DELETE FROM privacy.message": "no right to do it",
        "UPDATE privacy.recipient SET keys = '{}'": "no right to do it",
        "UPDATE privacy.message SET signed = 'other'": "message_stays_as_it_was_signed",
        pick.format(recipient.receipt(one.signed, seed=OTHERS).decode()): (
            "receipt_by_a_key_of_the_recipient"
        ),
        pick.format(another): "receipt_of_what_was_sent",
        pick.format(recipient.receipt(one.signed, request_status="no").decode()): (
            "receipt_of_what_was_sent"
        ),
        pick.format(good): "receipt_has_its_leaf",
    }
    assert {said: refused(database, said) for said in expected} == expected
    by_owner = {
        "UPDATE privacy.recipient SET keys = '{}' WHERE recipient = 'group-care'": (
            "recipient_hears_and_answers"
        ),
        "UPDATE privacy.recipient SET keys = '{short}' WHERE recipient = 'group-care'": (
            "recipient_key_is_of_32_octets"
        ),
        "UPDATE privacy.message SET done_at = now(), next_at = NULL": (
            "message_is_done_by_a_receipt"
        ),
        "UPDATE privacy.message SET attempts = 0": "message_is_signed_before_it_leaves",
    }
    assert {said: refused(owner, said) for said in by_owner} == by_owner
    done = await kept(pool, good.encode())
    assert not isinstance(done, Refused)
    assert refused(owner, "UPDATE privacy.message SET attempts = 9") == "message_stays_done"


async def test_by_files_a_message_is_dropped_and_its_receipt_collected(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    made = await given(pool, owner, group_care="file")
    (dropped,) = await carrier(pool, tmp_path).carry()
    assert not dropped.done
    path = tmp_path / "group-care" / f"{made.message_id}.jws"
    message = path.read_text()
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert await carrier(pool, tmp_path).carry() == [], "not due, and no receipt"
    beside = path.with_name(f"{made.message_id}.receipt.jws")
    beside.write_bytes(recipient.receipt(message, seed=OTHERS))
    (wrong,) = await carrier(pool, tmp_path).carry()
    assert "KEY_UNKNOWN" in wrong.trouble
    beside.write_bytes(recipient.receipt(message))
    strange = path.with_name("readme.jws")
    strange.write_text("theirs")
    (done,) = await carrier(pool, tmp_path).carry()
    assert done.done
    assert list(path.parent.iterdir()) == [strange], "what is done is gone, and nothing else"
    assert await carrier(pool, tmp_path, later_by(DAY_MS)).carry() == []


async def test_a_case_is_told_in_time_and_closed_when_every_recipient_has_signed(
    pool: Pool, owner: str
) -> None:
    await settled(pool)
    await agreed(owner, told_by(KH, group_care="file"))
    await disclosed(pool, CARE)
    await proven(pool, await received(pool, asked(1, Right.RESTRICT)))

    found = await worked(pool)

    assert isinstance(found, Dossier), found
    assert found.now.state is State.TOLD, "the person waits for nobody"
    (late,) = await perform(pool, propagation.unanswered)
    assert late.case_id == found.case.case_id
    with psycopg.connect(owner) as connection:
        columns = connection.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_schema = 'privacy' AND table_name = 'rights_step'"
            " AND is_generated = 'NEVER'"
        ).fetchone()
    assert columns is not None
    close = (
        "INSERT INTO privacy.rights_step (COLUMNS) SELECT COLUMNS FROM ("
        " SELECT (jsonb_populate_record(s, jsonb_build_object('step', 'close', 'state', 'closed',"
        " 'seq', s.seq + 1))).* FROM privacy.rights_step s WHERE s.state = 'told') AS next"
    ).replace("COLUMNS", columns[0])
    assert refused(owner, close) == "rights_step_closed_when_recipients_answered"
    (one,) = await sent(pool, hours(1))
    await kept(pool, recipient.receipt(one.signed), hours(1))
    found = await worked(pool, at=hours(2))
    assert isinstance(found, Dossier), found
    assert found.now.state is State.CLOSED


async def test_what_is_not_answered_in_time_is_overdue(pool: Pool, owner: str) -> None:
    made = await given(pool, owner, group_care="file")
    assert made.expected_by == LATER + rules.EXPECTED_MS
    just_before = Instant(made.expected_by - 1)
    assert await perform(pool, propagation.overdue, just_before) == []
    (late,) = await perform(pool, propagation.overdue, made.expected_by)
    assert (late.recipient, late.message_id) == ("group-care", made.message_id)
    (one,) = await sent(pool)
    await kept(pool, recipient.receipt(one.signed), made.expected_by)
    assert await perform(pool, propagation.overdue, made.expected_by) == []


@contextlib.contextmanager
def running(folder: Path, mode: str) -> Iterator[str]:
    """The program of a recipient; its address."""
    folder.mkdir(exist_ok=True)
    (folder / "key").write_text(str(consent.public_key(OURS)["x"]))
    (folder / "address").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.privacy.recipient", str(folder), mode]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as program:
        try:
            while not (folder / "address").exists():
                assert program.poll() is None, "it ended before it listened"
                time.sleep(0.02)
            yield (folder / "address").read_text()
        finally:
            program.kill()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize(
    ("mode", "first"),
    [("later", ""), ("silent", "is away (RemoteDisconnected)")],
)
async def test_over_http_it_is_done_once_and_signed_whatever_becomes_of_the_answer(
    pool: Pool, owner: str, tmp_path: Path, mode: str, first: str
) -> None:
    theirs = tmp_path / "theirs"
    with running(theirs, mode) as address:
        await given(pool, owner, group_care=address)
        (one,) = await carrier(pool, tmp_path).carry()
        assert (one.done, one.trouble) == (False, first)
        assert lines(theirs / "done") == ["erasure"]
        (again,) = await carrier(pool, tmp_path, later_by(HOUR_MS)).carry()
        assert again.done
        assert await carrier(pool, tmp_path, later_by(DAY_MS)).carry() == []
    assert lines(theirs / "done") == ["erasure"], "done once"
    assert len(lines(theirs / "asked")) == 2


async def test_who_is_away_is_told_later(pool: Pool, owner: str, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # the port is taken, and nobody listens there
        await given(pool, owner, group_care=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        (one,) = await carrier(pool, tmp_path).carry()
    assert one.trouble == "is away (ConnectionRefusedError)"
    with running(theirs, "done") as address:
        await agreed(owner, told_by(KH, group_care=address))
        assert await carrier(pool, tmp_path, later_by(HOUR_MS - 1)).carry() == []
        (again,) = await carrier(pool, tmp_path, later_by(HOUR_MS)).carry()
    assert again.done


KILLED: Final = """
import asyncio, os, signal, sys
from pathlib import Path
from tenure.gateways.recipients import server
from tenure.postgres.pool import pool_of

def delivered(url, message, post=server._post):
    post(url, message)                        # they have it, and have answered
    os.kill(os.getpid(), signal.SIGKILL)      # nobody of ours hears the answer

async def main(dsn, folder, at):
    server._post = delivered
    async with pool_of(dsn) as pool:
        sender = server.Sender("Smart", bytes([9]) * 32, Path(folder))
        await server.Carrier(pool, sender, lambda: at).carry()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


async def test_killed_between_delivery_and_receipt_it_is_done_once_and_the_receipt_is_kept(
    pool: Pool, owner: str, database: str, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    with running(theirs, "done") as address:
        await given(pool, owner, group_care=address)
        command = [sys.executable, "-c", KILLED, database, str(tmp_path), str(LATER)]
        killed = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert lines(theirs / "done") == ["erasure"], "it had reached them"
        (open_,) = await perform(pool, propagation.unanswered)
        assert open_.attempts == 1, "on record as told, and nobody has signed anything"

        found: list[Carried] = await carrier(pool, tmp_path, later_by(HOUR_MS)).carry()

        assert [one.done for one in found] == [True]
    assert lines(theirs / "done") == ["erasure"], "they did it once"
    assert len(lines(theirs / "asked")) == 2
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT receipt, signed, (SELECT count(*) FROM record.leaf"
            " WHERE kind = 'privacy.acknowledged') FROM privacy.message"
        ).fetchone()
    assert row is not None
    assert row[0] == recipient.receipt(row[1]).decode(), "whole, for whoever verifies it again"
    assert row[2] == 1
