"""``tenure record`` and ``tenure witness`` as people type them: proof, a new key, a new log."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from psycopg import connect

from tenure.commands import passkey_file
from tenure.gateways.witness.server import Outside, Publisher, Signer
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Log, Proven, Trust
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tests.commands.database import ACT, AT, on, told, typed
from tests.staff.given import key_of

SOURCE = Path(__file__).parents[2] / "src"
SECONDS_MAX = 60
ENGINEER = "eng"
"""Whose task it is to keep the record."""
ACT_OF_DEMO = msgspec.structs.replace(ACT, by="demo")


class Child:
    """A witness as a program of its own."""

    def __init__(self, folder: Path, name: str, *more: str) -> None:
        command = [sys.executable, "-m", "tenure.main", "witness", "--json", "--with-stdin"]
        command += ["--folder", str(folder), "--name", name, "--listen", "127.0.0.1:0", *more]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
            text=True,
        )
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], SECONDS_MAX)[0], "it does not start"
        said = json.loads(self.process.stdout.readline())
        self.url, self.vkey = said["url"], said["vkey"]

    def end(self) -> int:
        """Whoever started it lets go of the pipe: it ends by itself."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(SECONDS_MAX)
        self.process.stdout.close()
        return code


class Recorded:
    """A database with a log, its signer in a data folder, and two witnesses that run."""

    def __init__(self, dsn: str, data: Path) -> None:
        self.dsn, self.data = dsn, data
        self.signer = Signer.made(data / "record", "test")
        self.own = data / "eng.passkey"
        passkey_file.create(self.own, key_of(ENGINEER))
        self.log = on(dsn, self._open)
        vkey = self.signer.verifiers()[0].vkey
        self.witnesses = [Child(data / name, f"{name}.example", "--log", vkey) for name in "ab"]
        self.write_policy()

    async def _open(self, pool: Pool) -> Log:
        key = key_of(ENGINEER).public
        await perform(pool, staff.enrol, ENGINEER, "Eng", [Role.ENGINEER], ACT_OF_DEMO, key=key)
        vkey = self.signer.verifiers()[0].vkey
        return await perform(pool, record.log.open_log, self.signer.origin, vkey, AT)

    @property
    def trust(self) -> Trust:
        folders = sorted(path.parent for path in (self.data / "record").glob("*/keys"))
        keys = [vkey for folder in folders for vkey in Signer(folder).vkeys()]
        return Trust(tuple(keys), tuple(one.vkey for one in self.witnesses))

    def write_policy(self) -> None:
        text = rules.policy(self.trust, [one.url for one in self.witnesses])
        (self.data / "record" / "policy").write_text(text)

    def publish(self, leaves: int = 1) -> str:
        """Record leaves and publish them; what is in the way, if anything is."""

        async def work(pool: Pool) -> str:
            for _ in range(leaves):
                await perform(pool, record.append, ACT, "test.done", {}, {"msisdn": "855123"})
            outside = [Outside(one.url, one.vkey) for one in self.witnesses]
            current = await perform(pool, record.log.current)
            assert current is not None
            signer = Signer.of(self.data / "record", current.origin)
            publisher = Publisher(pool, signer, outside, lambda: AT)
            while await publisher.step():
                pass
            for one in outside:
                one.close()
            return publisher.trouble

        return on(self.dsn, work)

    def where(self, command: str) -> list[str]:
        where = ["--dsn", self.dsn, "--data", str(self.data)]
        acts = command in {"rotate-key", "succeed"}
        return [*where, *(["--by", ENGINEER, "--passkey", str(self.own)] if acts else [])]

    def type(self, *arguments: str, code: int = 0) -> str:
        result = typed(["record", *arguments, *self.where(arguments[0])])
        assert result.exit_code == code, result.output
        return result.output

    def tell(self, *arguments: str) -> dict[str, object]:
        return told(typed(["record", *arguments, *self.where(arguments[0]), "--json"]))


@pytest.fixture
def recorded(database: str, tmp_path: Path) -> Iterator[Recorded]:
    """A log with two witnesses, each a program."""
    world = Recorded(database, tmp_path)
    yield world
    for one in world.witnesses:
        one.process.kill()
        one.end()


def test_what_is_published_is_verified_and_handed_out(recorded: Recorded) -> None:
    assert "nothing is published yet" in recorded.type("checkpoint", code=1)
    assert recorded.publish(3) == ""

    assert "everything is as it was recorded" in recorded.type("verify")
    assert recorded.type("witnesses").count("and agrees") == 2
    assert recorded.tell("checkpoint")["waiting"] == 0
    text = recorded.type("receipt", "1", "--show", "by")
    proven = rules.verify(rules.receipt_of(text), recorded.trust)
    assert isinstance(proven, Proven)
    assert set(proven.about) == {"by"}
    assert "no leaf of this number" in recorded.type("receipt", "99999", code=1)


def test_nothing_is_published_while_a_witness_is_away(recorded: Recorded) -> None:
    assert recorded.publish() == ""
    away = recorded.witnesses[1]
    assert away.end() == 0

    assert "1 of 2 witnesses have cosigned" in recorded.publish()
    assert "is away" in recorded.type("witnesses", code=1)
    assert "not compared: b.example is away" in recorded.type("verify")

    recorded.witnesses[1] = Child(recorded.data / "b", "b.example")
    assert recorded.witnesses[1].vkey == away.vkey
    recorded.write_policy()
    assert recorded.publish() == ""
    assert recorded.type("witnesses").count("and agrees") == 2


def test_a_backup_that_is_restored_is_found_by_the_command(recorded: Recorded, owner: str) -> None:
    assert recorded.publish(4) == ""
    with connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM record.checkpoint")
        connection.execute("DELETE FROM record.place WHERE index >= 2")
        connection.execute("UPDATE record.tile SET hashes = substring(hashes FROM 1 FOR 64)")

    assert "the signer has signed a longer log" in recorded.type("verify", code=1)
    assert "longer log" in recorded.publish()

    # The log is dead; its successor says so, and takes what the witnesses cannot see any more.
    opened = recorded.tell("succeed", "--reason", "restored")
    _trust(recorded, str(opened["vkey"]))
    assert recorded.publish() == ""
    recorded.write_policy()
    assert str(opened["opened"]) in str(recorded.tell("checkpoint")["origin"])


def test_a_new_key_signs_beside_the_old_one_and_then_alone(recorded: Recorded) -> None:
    assert recorded.publish() == ""
    before = recorded.type("receipt", "1")
    added = str(recorded.tell("rotate-key")["added"])
    assert recorded.publish() == ""
    _trust(recorded, added)
    assert "signs no more" in recorded.type("rotate-key", "--finish")
    assert "only one key signs" in recorded.type("rotate-key", "--finish", code=1)
    assert recorded.publish() == ""
    recorded.write_policy()

    after = recorded.type("receipt", "1")
    only_new = Trust((added,), recorded.trust.witnesses)
    assert isinstance(rules.verify(rules.receipt_of(after), only_new), Proven)
    assert not isinstance(rules.verify(rules.receipt_of(before), only_new), Proven)
    assert isinstance(rules.verify(rules.receipt_of(before), recorded.trust), Proven)
    assert "everything is as it was recorded" in recorded.type("verify")


def test_a_log_is_succeeded_and_the_successor_begins_by_saying_so(recorded: Recorded) -> None:
    assert recorded.publish(2) == ""
    old = recorded.tell("checkpoint")
    receipt = rules.receipt_of(recorded.type("receipt", "1"))
    opened = recorded.tell("succeed", "--reason", "a drill")
    assert opened["closed"] == recorded.log.origin
    assert "does not know this log" in recorded.publish()
    _trust(recorded, str(opened["vkey"]))
    assert recorded.publish() == ""
    recorded.write_policy()

    async def first(pool: Pool) -> int:
        current = await perform(pool, record.log.current)
        assert current is not None
        return (await perform(pool, record.log.seqs, current, 0, 1))[0]

    said = rules.receipt_of(recorded.type("receipt", str(on(recorded.dsn, first))))
    proven = rules.verify(said, recorded.trust)
    assert isinstance(proven, Proven)
    assert (proven.kind, proven.index) == ("record.succeeded", 0)
    assert proven.said["checkpoint"] == old["note"]
    assert proven.said["root"] == old["root"]
    assert isinstance(rules.verify(receipt, recorded.trust), Proven)
    assert recorded.type("verify").count("everything is as it was recorded") == 2


def _trust(recorded: Recorded, vkey: str) -> None:
    """What the people of each witness do when they are given a new key."""
    for name in "ab":
        with (recorded.data / name / "logs").open("a") as file:
            file.write(f"{vkey}\n")


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["--listen", "nowhere"], "write HOST:PORT", 2),
        (["--name", "a b"], "no spaces", 2),
        (["--clock", "yesterday"], "--clock yesterday", 2),
        (["--log", "nonsense"], "--log", 1),
        (["--log", "w+00000000+AAAA"], "--log", 1),
    ],
)
def test_a_witness_that_is_asked_wrongly_says_what_to_write(
    tmp_path: Path, arguments: list[str], words: str, code: int
) -> None:
    result = typed(["witness", "--folder", str(tmp_path), *arguments])
    assert result.exit_code == code
    assert words in result.output


def test_a_witness_ends_when_it_is_told_to(tmp_path: Path) -> None:
    one = Child(tmp_path, "w.example", "--clock", "2026-12-31T23:50:00+07:00x60")
    one.process.send_signal(signal.SIGTERM)
    assert one.end() == 0
