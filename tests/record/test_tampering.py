"""Whoever owns the database cannot change the record without being found out."""

import asyncio
import random  # noqa: TID251 -- with a seed that is stated
import subprocess
import sys
from pathlib import Path

import pytest

from tenure.gateways.witness.server import Publisher
from tenure.gateways.witness.wire import AddCheckpoint
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, NewLeaf, Receipt
from tenure.promises.record.rules import Fault, Known
from tests.gateways.witness.world import ACT, AT, Record, now, recording
from tests.record import attacks
from tools import verify_receipt

SIZE = 1_300
PLACES = [0, 1, 255, 256, 700, 1_023, SIZE - 2]
VERIFIER = Path(verify_receipt.__file__)


async def filled(world: Record, size: int = SIZE) -> None:
    """A log of this size, published in steps of all lengths."""
    chance = random.Random(7)  # noqa: S311 -- lengths, not keys
    done = 0
    while done < size:
        step = min(chance.choice([1, 2, 100, 256, 300]), size - done)
        await world.add(step, done)
        assert await world.publisher.step(), world.publisher.trouble
        done += step


def signed(world: Record) -> list[Known]:
    last = world.signer.last()
    return [Known(last.size, last.root, Fault.SIGNED_OTHER, "the signer")]


async def faults(world: Record, pool: Pool) -> dict[Fault, str]:
    """What verifying finds."""
    found = await record.checking.verify(pool, world.log, world.trust, signed(world))
    return {one.fault: one.where for one in reversed(found.findings)}


async def test_ten_thousand_clean_operations_alarm_nobody(pool: Pool, tmp_path: Path) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world, 10_000)
        found = await record.checking.verify(pool, world.log, world.trust, signed(world))
        assert found.leaves == 10_000
        assert found.checkpoints > 30
        assert found.findings == ()


async def test_what_is_changed_in_the_log_is_found_where_it_is(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world)
        for name, attack in attacks.ON_A_LEAF.items():
            for place in PLACES:
                async with attacks.attacking(owner) as (tx, inside):
                    await attack(tx, world.log.log_id, place)
                    found = await faults(world, inside)
                missing = name == "delete"
                expected = Fault.LEAF_MISSING if missing else Fault.TILE_DIFFERS
                assert expected in found, (name, place, found)
                at = f"place {place}"
                assert at in found[expected], (name, place, found)
                assert Fault.ROOT_DIFFERS in found or Fault.SIGNED_OTHER in found
        assert await faults(world, pool) == {}


@pytest.mark.parametrize("at", [1, 256, 700, SIZE - 1])
async def test_a_log_that_is_cut_off_or_restored_is_signed_no_more(
    pool: Pool, owner: str, tmp_path: Path, at: int
) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world)
        async with attacks.attacking(owner) as (tx, inside):
            await attacks.truncate(tx, world.log.log_id, at)
            assert Fault.SIGNED_LONGER in await faults(world, inside)
            publisher = Publisher(inside, world.signer, world.witnesses, now)
            assert not await publisher.step()
            assert "has signed a longer log" in publisher.trouble

            # The backup is in use: the log grows again, beyond what was signed.
            leaves = [NewLeaf("test.done", {"again": n}, {}) for n in range(SIZE)]
            await perform(inside, record.append_all, ACT, leaves)
            assert not await publisher.step()
            assert "does not begin as what was signed" in publisher.trouble
            assert Fault.SIGNED_OTHER in await faults(world, inside)
        assert (await world.add(1)) and await world.publisher.step()


async def test_a_leaf_that_does_not_wait_any_more_is_found(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world, 10)
        (seq,) = await world.add(1)
        async with attacks.attacking(owner) as (tx, inside):
            await attacks.drop_waiting(tx, seq)
            found = await faults(world, inside)
        assert found == {Fault.LEAF_WITHOUT_PLACE: f"leaf {seq}"}


async def test_a_flipped_bit_is_found_before_it_is_signed(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    async with recording(pool, tmp_path) as world:
        (seq,) = await world.add(1)
        async with attacks.attacking(owner) as (tx, inside):
            await tx.execute("ALTER TABLE record.leaf DROP CONSTRAINT leaf_hash_is_of_its_body")
            await tx.execute("UPDATE record.leaf SET body = body || ' '")
            publisher = Publisher(inside, world.signer, world.witnesses, now)
            assert not await publisher.step()
            assert f"leaf {seq} is not what was written" in publisher.trouble
        assert world.signer.last().size == 0


async def test_a_tile_that_is_changed_or_gone_stops_the_signer(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world, 300)
        for statement, trouble in (
            ("UPDATE record.tile SET hashes = set_byte(hashes, 5, 5)", "does not begin as"),
            ("DELETE FROM record.tile WHERE level = 0", "a tile of the log is missing"),
            ("UPDATE record.tile SET hashes = substring(hashes FROM 1 FOR 32)", "a tile of"),
        ):
            async with attacks.attacking(owner) as (tx, inside):
                await tx.execute(statement.encode())
                assert Fault.TILE_DIFFERS in await faults(world, inside)
                await perform(inside, record.append, ACT, "test.done", {}, {})
                publisher = Publisher(inside, world.signer, world.witnesses, now)
                assert not await publisher.step()
                assert trouble in publisher.trouble


async def forged(world: Record, place: int) -> tuple[str, Receipt]:
    """Another log of the same size, signed with the log's own key, which was stolen."""
    published = await perform(world.pool, record.log.latest)
    assert published is not None
    rows = await perform(world.pool, record.log.seqs, world.log, place, 1)
    real = await perform(world.pool, record.receipt, rows[0])
    assert isinstance(real, Receipt)
    size = published.checkpoint.size
    other = rules.leaf_hash("forged")
    root = verify_receipt.root_from_path(other, place, size, list(real.proof))
    assert root is not None
    stolen = rules.secret_of((world.signer.folder / "keys").read_text())
    text = rules.checkpoint_text(Checkpoint(world.log.origin, size, root))
    return rules.assembled(text, [rules.signed(stolen, text)]), real


@pytest.mark.parametrize("place", [0, 255, 256, 399])
async def test_a_split_view_is_refused_by_every_witness_and_proof_for_anybody(
    pool: Pool, tmp_path: Path, place: int
) -> None:
    async with recording(pool, tmp_path) as world:
        await filled(world, 400)
        note, real = await forged(world, place)
        text = rules.note_of(note).text
        for one in world.witnesses:
            asked = await asyncio.to_thread(one.ask, AddCheckpoint(400, (), note), text)
            assert asked.conflict_size == 400

        # Two witnesses that conspire cosign it all the same: then the two papers convict the log.
        (tmp_path / "forged.txt").write_text(cosigned(tmp_path, note))
        (tmp_path / "real.json").write_text(rules.paper_text(real))
        (tmp_path / "policy").write_text(rules.policy(world.trust))
        done = await asyncio.to_thread(verifier, tmp_path, "real.json", "forged.txt")
        assert done.returncode == 1
        assert "real.json: holds" in done.stdout
        assert "SPLIT VIEW: real.json and forged.txt" in done.stdout


def verifier(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """The offline verifier, as a person runs it."""
    command = [sys.executable, str(VERIFIER), "--policy", "policy", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def cosigned(folder: Path, note: str) -> str:
    """The note with cosignatures of witnesses who do not look."""
    read = rules.note_of(note)
    secrets = [rules.secret_of((folder / name / "key").read_text()) for name in ("one", "two")]
    more = [rules.signed(secret, read.text, AT // 1_000) for secret in secrets]
    return rules.assembled(read.text, [*read.signatures, *more])
