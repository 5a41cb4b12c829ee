"""Our bind against npm's smpp as a message centre: alphabets, parts, receipts, texts of phones."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tenure.gateways.smpp.server import link as linking
from tenure.gateways.smpp.server.settings import Smsc
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.listing import Listing
from tests.gateways.smpp.test_link import gateway
from tests.peers.programs import Program, running

NPM = Path(__file__).parent / "npm"
KHMER = "សូមស្វាគមន៍មកកាន់សេវាកម្មរបស់យើងខ្ញុំ "


class Node:
    """npm's smpp, listening."""

    def __init__(self, program: Program, port: int) -> None:
        self.program, self.port = program, port

    def events(self, name: str) -> list[dict[str, Any]]:
        """What it said of a kind."""
        found = [json.loads(line) for line in self.program.lines]
        return [one for one in found if one["event"] == name]

    def order(self, **what: object) -> None:
        """Have it do something."""
        self.program.tell(json.dumps(what))


@asynccontextmanager
async def node() -> AsyncIterator[Node]:
    """A message centre of npm's smpp until the end of the block."""
    if not (NPM / "node_modules" / "smpp").is_dir():
        pytest.skip("it needs npm's smpp: npm ci --prefix tests/peers/npm")
    async with running("node", "centre.js", folder=NPM) as program:
        line = await program.said(lambda line: "listening" in line)
        yield Node(program, json.loads(line)["port"])


def bind_to(there: Node, folder: Path, line: str = "secret") -> Smsc:
    """The settings for it."""
    path = folder / "node.password"
    path.write_text(line)
    path.chmod(0o600)
    return Smsc(
        name="node", host="127.0.0.1", port=there.port, system_id="tenure", password_file=path,
        sender="888", window=10,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once: a test has no minute."""
    monkeypatch.setattr(linking, "AGAIN_SECONDS", 0.05)


@pytest.mark.peer("node")
async def test_texts_arrive_as_they_were_and_their_receipts_come_back(tmp_path: Path) -> None:
    texts = ["Balance 10 {€}", "សមតុល្យ ១០", KHMER * 5, "a" * 400, "Hi 👍🏽", "ស្រុក 👨‍👩‍👧‍👦 " * 100]
    listing = Listing(texts)
    async with node() as there, gateway(listing, bind_to(there, tmp_path)):
        await until(lambda: len(listing.ends) == len(texts))
        submitted = there.events("submit")
        await until(lambda: len(there.events("receipt answered")) == len(texts))
        assert {one["status"] for one in there.events("receipt answered")} == {0}
    assert set(listing.ends.values()) == {"DELIVERED"}
    assert set(listing.ends) == set(listing.taken.values())
    arrived, rest = [], ""
    for one in submitted:
        rest += one["text"]
        if one["registered"] == 1:
            arrived.append(rest)
            rest = ""
    assert arrived == texts
    [*latin] = [one["udh"][0] for one in submitted if one["coding"] == 0 and one["udh"]]
    assert [(head[:4], head[-4:]) for head in latin] == [
        ("0003", "0301"),
        ("0003", "0302"),
        ("0003", "0303"),
    ]


@pytest.mark.peer("node")
async def test_phones_are_heard(tmp_path: Path) -> None:
    listing = Listing()
    async with node() as there, gateway(listing, bind_to(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        for text in ("BAL", "សួស្តី", "ឈប់ 👍", "{stop}"):
            there.order(do="say", **{"from": "85512345678"}, to="888", text=text)
        await until(lambda: len(there.events("text answered")) == 4)
        assert {one["status"] for one in there.events("text answered")} == {0}
    assert sorted(one.text for one in listing.heard) == sorted(["BAL", "សួស្តី", "ឈប់ 👍", "{stop}"])


@pytest.mark.peer("node")
async def test_it_throttles_and_cuts_the_wire_and_everything_goes_once(tmp_path: Path) -> None:
    listing = Listing()
    async with node() as there, gateway(listing, bind_to(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        there.order(do="throttle", times=7)
        listing.waiting = Listing([str(number) for number in range(40)]).waiting
        await until(lambda: len(listing.taken) == 40)
        assert len(there.events("throttled")) == 7
        there.order(do="cut")
        await until(lambda: ours.links[0].tally.binds == 2)
        listing.waiting = Listing(["after"]).waiting
        await until(lambda: len(there.events("submit")) == 41)
    heard = [one["text"] for one in there.events("submit")]
    assert len(set(heard)) == 41
    assert listing.refused == []
    assert there.events("unbind")


@pytest.mark.peer("node")
async def test_a_refusal_without_a_body_is_understood(tmp_path: Path) -> None:
    listing = Listing(["a"])
    async with node() as there, gateway(listing, bind_to(there, tmp_path, "other")) as ours:
        await until(lambda: ours.links[0].tally.trouble)
        assert "ESME_RINVPASWD" in ours.links[0].tally.trouble
        assert len(there.events("refused")) == 1
    assert listing.taken == {}
