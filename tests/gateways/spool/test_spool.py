"""Texts leave as files: each once, whatever dies between the commit and the file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tenure.gateways.spool import wire
from tenure.gateways.spool.server import AT_ONCE, Spool
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Channel,
    Dropped,
    NoticeKind,
    Telling,
    delivery_of,
)
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sold
from tenure.terms import pack
from tenure.values.instant import Instant
from tests.numbers.stocked import AT, KH, act, msisdn, sell, stock

PACK = pack.load("smart-kh")
LATER = Instant(AT + 700)


def telling(index: int = 0, person: int | None = 1, channel: Channel = Channel.NUMBER) -> Telling:
    return Telling(msisdn(index), person, "km", NoticeKind.LOCK_SET, {}, AT, channel)


@pytest.fixture
async def held(pool: Pool) -> Pool:
    """Numbers 0 and 1 are held by persons 1 and 2."""
    await perform(pool, stock)
    for index in (0, 1):
        sale = sell(index, holder_id=index + 1)
        assert isinstance(await perform(pool, numbers.holding.activate, KH, sale, act()), Sold)
    return pool


@pytest.fixture
def spool(held: Pool, tmp_path: Path) -> Iterator[Callable[[], Spool]]:
    """Opens another gateway to the same folder; what is open at the end is closed."""
    opened: list[Spool] = []

    def another() -> Spool:
        opened.append(Spool(held, PACK, tmp_path / "out", lambda: LATER))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder, which the gateway makes."""
    return tmp_path / "out"


def texts(folder: Path) -> list[tuple[str, str]]:
    """What lies ready, in the order of its names."""
    ready = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return [wire.read(path.read_bytes()) for path in ready]


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


def test_a_file_is_what_a_sender_of_texts_expects() -> None:
    octets = wire.written("85512345678", "សោ\nដោះ")
    assert octets.decode() == "To: 85512345678\n\nសោ\nដោះ\n"
    assert wire.read(octets) == ("85512345678", "សោ\nដោះ")
    assert wire.delivery_of_part(wire.part_name(12)) == 12
    assert wire.delivery_of_part(wire.ready_name(12)) is None
    assert wire.delivery_of_part("letter.txt") is None
    with pytest.raises(ValueError, match="begins with To:"):
        wire.read(b"From: x\n\ny")


async def test_what_was_told_lies_ready_and_is_marked(
    held: Pool, out: Path, spool: Callable[[], Spool]
) -> None:
    await perform(held, notices.tell, [telling(0), telling(1, 2), telling(1, 1)])
    gateway = spool()

    assert await gateway.deliver_all() == 2
    assert await gateway.deliver_all() == 0

    (first, words), (second, _) = texts(out)
    assert (first, second) == (msisdn(0), msisdn(1))
    assert "015 000 000" in words
    stranger, *_ = await perform(held, notices.newest)
    assert (stranger.sent_at, stranger.dropped) == (None, Dropped.CHANGED_HANDS)
    assert hidden(out) == []
    assert mode(out) == 0o700


async def test_news_for_a_former_holder_goes_to_another_number_of_theirs(
    held: Pool, out: Path, spool: Callable[[], Spool]
) -> None:
    person = Channel.PERSON
    await perform(held, notices.tell, [telling(0, 2, person), telling(1, 2, person)])
    gateway = spool()

    assert await gateway.deliver_all() == 1

    assert [to for to, _ in texts(out)] == [msisdn(1)]
    (notice,) = await perform(held, notices.of_number, msisdn(1))
    assert notice.dropped is Dropped.NO_OTHER_CHANNEL


async def test_more_than_one_batch_leaves_at_once(
    held: Pool, out: Path, spool: Callable[[], Spool]
) -> None:
    await perform(held, notices.tell, [telling()] * (AT_ONCE + 1))
    assert await spool().deliver_all() == AT_ONCE + 1
    assert len(texts(out)) == AT_ONCE + 1


async def test_two_processes_do_not_deliver_into_one_folder(spool: Callable[[], Spool]) -> None:
    first, second = spool(), spool()
    assert await first.deliver_all() == 0
    assert await second.deliver_all() is None
    first.close()
    assert await second.deliver_all() == 0


async def test_it_dies_before_the_commit(held: Pool, out: Path, spool: Callable[[], Spool]) -> None:
    gateway = spool()

    async def dies(tx: Transaction) -> None:
        await gateway._prepare(tx)  # the part before the commit
        raise KeyboardInterrupt

    assert await gateway.deliver_all() == 0
    await perform(held, notices.tell, [telling()])
    with pytest.raises(KeyboardInterrupt):
        await perform(held, dies)
    assert texts(out) == []
    assert len(hidden(out)) == 1

    gateway.close()
    assert await spool().deliver_all() == 1
    assert len(texts(out)) == 1
    assert hidden(out) == []


async def test_it_dies_after_the_commit(held: Pool, out: Path, spool: Callable[[], Spool]) -> None:
    await perform(held, notices.tell, [telling()])
    gateway = spool()
    assert await gateway.deliver_all() == 1
    await perform(held, notices.tell, [telling(1, 2)])
    await perform(held, gateway._prepare)  # and no more
    gateway.close()
    assert len(texts(out)) == 1

    assert await spool().deliver_all() == 0

    assert len(texts(out)) == 2
    assert hidden(out) == []


async def test_a_folder_that_cannot_be_written_loses_nothing(
    held: Pool, out: Path, spool: Callable[[], Spool]
) -> None:
    gateway = spool()
    await gateway.deliver_all()
    (notice_id,) = await perform(held, notices.tell, [telling()])
    in_the_way = out / wire.part_name(delivery_of(notice_id, 1))
    in_the_way.mkdir()

    with pytest.raises(IsADirectoryError):
        await gateway.deliver_all()

    in_the_way.rmdir()
    assert await gateway.deliver_all() == 1
