"""A witness answers as C2SP tlog-witness says, and never goes back."""

import asyncio
import http.client
from pathlib import Path

import pytest

from tenure.gateways.witness import wire
from tenure.gateways.witness.server import Outside, Signer, Witness
from tenure.gateways.witness.server.files import UnusableFolderError
from tenure.gateways.witness.translate import Answer
from tenure.gateways.witness.wire import AddCheckpoint
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, Proof, Refusal
from tenure.values.refused import Refused
from tests.gateways.witness.world import AT, now, serving

HASHES = [rules.leaf_hash(str(n)) for n in range(300)]


def at(height: int, index: int, forged: int = -1) -> bytes:
    if height == 0:
        return rules.leaf_hash("forged") if index == forged else HASHES[index]
    left, right = at(height - 1, 2 * index, forged), at(height - 1, 2 * index + 1, forged)
    return rules.node_hash(left, right)


def state(origin: str, size: int, forged: int = -1) -> Checkpoint:
    return Checkpoint(origin, size, rules.root(size, lambda h, i: at(h, i, forged)))


def proof(old: int, new: int, forged: int = -1) -> Proof:
    spans = rules.consistency_spans(old, new)
    return tuple(rules.hashed(span, lambda h, i: at(h, i, forged)) for span in spans)


class Stage:
    """A witness and a log that it trusts, whose key we have."""

    def __init__(self, folder: Path) -> None:
        self.signer = Signer.made(folder / "record", "test")
        self.origin = self.signer.origin
        self.secret = rules.secret_of((self.signer.folder / "keys").read_text())
        self.folder = folder / "witness"
        self.witness = Witness(self.folder, "w.example/1", now)
        self.witness.trust([self.secret.key.vkey])

    def note(self, checkpoint: Checkpoint) -> str:
        text = rules.checkpoint_text(checkpoint)
        return rules.assembled(text, [rules.signed(self.secret, text)])

    def ask(self, old: int, new: int, forged: int = -1, lines: Proof | None = None) -> Answer | str:
        note = self.note(state(self.origin, new, forged))
        sent = proof(old, new, forged) if lines is None else lines
        return self.witness.add_checkpoint(wire.encoded(AddCheckpoint(old, sent, note)))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def refused(answer: Answer | str) -> tuple[int, str]:
    assert isinstance(answer, Answer), "it has cosigned"
    return int(answer.status), answer.body


def test_what_only_grows_is_cosigned_and_can_be_verified(stage: Stage) -> None:
    old = 0
    for new in (1, 2, 2, 7, 256, 257, 300, 300):
        line = stage.ask(old, new)
        assert isinstance(line, str)
        signature = rules.signature_of(line.removesuffix("\n"))
        text = rules.checkpoint_text(state(stage.origin, new))
        key = rules.key_of(stage.witness.vkey)
        assert rules.verified(key, text, signature) == AT // 1_000
        assert rules.verified(key, text.replace("\n", " \n", 1), signature) is None
        old = new


def test_each_answer_of_the_specification(stage: Stage) -> None:
    assert isinstance(stage.ask(0, 100), str)

    assert refused(stage.ask(50, 200)) == (409, "100\n")
    assert refused(stage.ask(0, 200)) == (409, "100\n")
    assert refused(stage.ask(100, 100, forged=3)) == (409, "100\n")
    assert refused(stage.ask(100, 200, forged=3))[0] == 422
    assert refused(stage.ask(100, 200, lines=()))[0] == 422
    assert refused(stage.ask(100, 200, lines=(bytes(32),)))[0] == 422
    assert refused(stage.ask(100, 100, lines=(bytes(32),)))[0] == 422
    assert refused(stage.ask(100, 99, lines=()))[0] == 400
    conflict = stage.ask(50, 200)
    assert isinstance(conflict, Answer)
    assert conflict.content_type == "text/x.tlog.size"

    stranger = Stage(stage.folder / "stranger")
    assert refused(stage.witness.add_checkpoint(_body(stranger.note(state("x", 1)))))[0] == 404
    stranger.origin = stage.origin
    forged = stranger.note(state(stage.origin, 200))
    assert refused(stage.witness.add_checkpoint(_body(forged, 100)))[0] == 403
    broken = stage.note(state(stage.origin, 200)).replace("\n200\n", "\n201\n")
    assert refused(stage.witness.add_checkpoint(_body(broken, 100)))[0] == 403

    assert stage.witness.seen(stage.origin) == state(stage.origin, 100)
    assert isinstance(stage.ask(100, 200), str)


def _body(note: str, old: int = 0) -> bytes:
    return wire.encoded(AddCheckpoint(old, (), note))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 00\n\nx\n1\n",
        b"old -1\n\nx",
        b"old 0 \n\nx",
        b"old \xff\n\nx",
        b"new 0\n\nx",
        b"old 0\nAAAA\n\nx",
        b"old 0\n!\n\nx",
        b"old 99999999999999999999\n\nx",
        b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\nx",
    ],
)
def test_a_body_that_is_no_request_is_a_bad_request(stage: Stage, body: bytes) -> None:
    assert refused(stage.witness.add_checkpoint(body))[0] == 400


@pytest.mark.parametrize(
    "text", ["{o}\n", "{o}\n\n", "{o}\n1\n\n— x AAAA\n", "{o}\n01\nAA=\n\n— x\n"]
)
def test_a_note_that_is_no_checkpoint_is_a_bad_request(stage: Stage, text: str) -> None:
    note = text.replace("{o}", stage.origin)
    assert refused(stage.witness.add_checkpoint(_body(note)))[0] == 400


def test_a_witness_that_starts_again_has_forgotten_nothing(stage: Stage) -> None:
    assert isinstance(stage.ask(0, 100), str)
    vkey = stage.witness.vkey
    stage.witness.close()
    stage.witness = Witness(stage.folder, "another.name", now)

    assert stage.witness.vkey == vkey
    assert refused(stage.ask(0, 50)) == (409, "100\n")
    assert isinstance(stage.ask(100, 101), str)


def test_two_witnesses_never_share_a_folder(stage: Stage) -> None:
    with pytest.raises(UnusableFolderError, match="another witness"):
        Witness(stage.folder, "w.example/1", now)


def test_the_signer_only_goes_forward(stage: Stage) -> None:
    sign = stage.signer.sign
    assert isinstance(sign(state(stage.origin, 100), ()), str)
    for checkpoint, lines, why in [
        (state(stage.origin, 99), (), Refusal.SMALLER_THAN_SIGNED),
        (state(stage.origin, 100, forged=3), (), Refusal.NOT_CONSISTENT),
        (state(stage.origin, 200), (), Refusal.NOT_CONSISTENT),
        (state(stage.origin, 200, forged=3), proof(100, 200, 3), Refusal.NOT_CONSISTENT),
        (state("other", 200), proof(100, 200), Refusal.UNKNOWN_LOG),
    ]:
        answer = Signer(stage.signer.folder).sign(checkpoint, lines)
        assert isinstance(answer, Refused)
        assert answer.refusal is why
    assert stage.signer.last() == state(stage.origin, 100)
    again = Signer(stage.signer.folder)
    assert isinstance(again.sign(state(stage.origin, 200), proof(100, 200)), str)


def test_no_key_is_readable_by_others_or_in_a_repr(stage: Stage) -> None:
    for path in (stage.signer.folder / "keys", stage.folder / "key"):
        assert path.stat().st_mode & 0o077 == 0
    assert stage.secret.seed.hex() not in repr(stage.secret)


def test_two_keys_sign_until_the_old_one_is_retired(stage: Stage) -> None:
    new = stage.signer.rotate()
    note = stage.signer.sign(state(stage.origin, 10), ())
    assert isinstance(note, str)
    old, _ = stage.signer.verifiers()
    for key in (old, new):
        assert rules.signers(rules.note_of(note), [key]) == {key.vkey: 0}
    # The witness knows the old key only, and ignores the other signature.
    assert isinstance(stage.witness.add_checkpoint(_body(note)), str)

    assert stage.signer.retire() == [old]
    assert stage.signer.vkeys() == [old.vkey, new.vkey]
    note = stage.signer.sign(state(stage.origin, 10), ())
    assert isinstance(note, str)
    assert refused(stage.witness.add_checkpoint(_body(note, 10)))[0] == 403
    stage.witness.trust([new.vkey])
    assert isinstance(stage.witness.add_checkpoint(_body(note, 10)), str)


async def test_over_http_nothing_is_ever_rolled_back(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with serving(tmp_path / "served", "s.example", [stage.secret.key.vkey]) as one:
        text = rules.checkpoint_text(state(stage.origin, 100))
        note = stage.note(state(stage.origin, 100))
        assert (await asyncio.to_thread(one.ask, AddCheckpoint(0, (), note), text)).cosignature

        # Many ask at once, each from what was seen: exactly one of each round gets there.
        def round_(new: int) -> bool:
            head = state(stage.origin, new)
            mine = Outside(one.url, one.key.vkey)
            request = AddCheckpoint(100, proof(100, new), stage.note(head))
            asked = mine.ask(request, rules.checkpoint_text(head))
            mine.close()
            return asked.cosignature is not None

        won = await asyncio.gather(*(asyncio.to_thread(round_, 101 + n) for n in range(12)))
        assert won.count(True) == 1


async def test_over_http_the_rest_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, "s.example", []) as one:

        def get(method: str, path: str, body: bytes = b"") -> int:
            connection = http.client.HTTPConnection(one.url.removeprefix("http://"))
            connection.request(method, path, body)
            status = connection.getresponse().status
            connection.close()
            return status

        assert await asyncio.to_thread(get, "GET", wire.PATH) == 405
        assert await asyncio.to_thread(get, "POST", "/") == 404
        assert await asyncio.to_thread(get, "POST", wire.PATH, bytes(200_000)) == 413
        assert await asyncio.to_thread(get, "POST", wire.PATH, b"?") == 400
