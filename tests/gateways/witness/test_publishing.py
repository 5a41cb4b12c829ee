"""What is recorded is signed, cosigned and published, and every leaf can be proved from outside."""

from pathlib import Path

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Proven, Receipt, Refusal
from tenure.values.refused import Refused
from tests.gateways.witness.world import recording


async def test_every_leaf_can_be_proved_once_it_is_published(pool: Pool, tmp_path: Path) -> None:
    async with recording(pool, tmp_path) as world:
        seqs = await world.add(3)
        early = await perform(pool, record.receipt, seqs[0])
        assert isinstance(early, Refused)
        assert early.refusal is Refusal.NOT_YET_PUBLISHED

        for count in (1, 2, 250, 300, 1):
            assert await world.publisher.step()
            seqs += await world.add(count)
        assert await world.publisher.step()
        assert not await world.publisher.step()

        assert world.publisher.trouble == ""
        assert world.publisher.size == len(seqs)
        receipts = await perform(pool, record.receipts, seqs, ["msisdn"])
        for index, seq in enumerate(seqs):
            receipt = receipts[seq]
            assert isinstance(receipt, Receipt)
            proven = rules.verify(receipt, world.trust)
            assert isinstance(proven, Proven)
            assert proven.index == index
            assert set(proven.about) == {"msisdn"}
