"""Dossiers made from nothing: a log, its witnesses, passkeys, and a clock for each."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tenure.commands import passkey_file
from tenure.commands.passkey_file import PasskeyFile
from tenure.gateways.hlr.translate.dossier import Approved, Asked, Dossier, Given
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.promises.record import rules
from tenure.promises.record.model import Act, Checkpoint, Leaf, Plain, Receipt, Trust
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

NUMBER: Final = Msisdn("85512345678")
OLD, NEW = "456060000000001", "456060000000002"
OLD_ICCID, NEW_ICCID = "8985506000000000013", "8985506000000000021"
ADA, BOB = "1", "2"
CLERK, FIRST, SECOND = "11", "12", "13"
DAY: Final = 86_400
NOON: Final = 1_795_000_000
"""A POSIX second."""


def secret(name: str, kind: rules.Kind = rules.Kind.COSIGNATURE) -> rules.Secret:
    return rules.Secret(name, kind, hashlib.sha256(name.encode()).digest())


LOG: Final = secret("tenure.example/log", rules.Kind.NOTE)
WITNESSES: Final = (secret("regulator.example"), secret("university.example"))
TRUST: Final = Trust((LOG.key.vkey,), tuple(one.key.vkey for one in WITNESSES))
TRUSTED: Final = Trusted(TRUST, networks=("45606",))


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count: int) -> int:
    """RFC 6962: the largest power of two below the count."""
    return 1 << ((count - 1).bit_length() - 1)


def root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    at = split(len(hashes))
    return node(root(hashes[:at]), root(hashes[at:]))


def path(index: int, hashes: list[bytes]) -> tuple[bytes, ...]:
    if len(hashes) == 1:
        return ()
    at = split(len(hashes))
    if index < at:
        return (*path(index, hashes[:at]), root(hashes[at:]))
    return (*path(index - at, hashes[at:]), root(hashes[:at]))


class Book:
    """A log that grows leaf by leaf, each published at once, seen by the witnesses at a second."""

    def __init__(self, log: rules.Secret = LOG) -> None:
        self.log = log
        self.leaves: list[Leaf] = []

    def add(
        self, kind: str, said: Mapping[str, Plain], about: Mapping[str, str], seen_at: int
    ) -> Receipt:
        """Add a leaf, and the receipt of it under the first checkpoint that has it."""
        act = Act("<test>", Instant(seen_at * 1_000), bytes([len(self.leaves) % 256]) * 32)
        self.leaves.append(rules.leaf(act, kind, said, about))
        return self.receipt(len(self.leaves) - 1, (seen_at, seen_at))

    def receipt(self, index: int, seen_at: tuple[int, ...]) -> Receipt:
        """The receipt of a leaf under the newest checkpoint, as each witness saw it."""
        hashes = [leaf.leaf_hash for leaf in self.leaves]
        text = rules.checkpoint_text(Checkpoint(self.log.name, len(hashes), root(hashes)))
        signatures = [rules.signed(self.log, text)]
        signatures += [
            rules.signed(witness, text, at) for witness, at in zip(WITNESSES, seen_at, strict=False)
        ]
        leaf = self.leaves[index]
        note = rules.assembled(text, signatures)
        return Receipt(leaf.body, leaf.openings, index, path(index, hashes), note)


class Case:
    """A transfer (or another request) as it should be; each part can be made otherwise."""

    def __init__(self, kind: str = "transfer", **changes: Any) -> None:
        self.book: Book = changes.pop("book", Book())
        self.keys: dict[str, PasskeyFile] = {}
        self.kind = kind
        self.asked_at: int = changes.pop("asked_at", NOON)
        self.done_at: int = changes.pop("done_at", NOON + DAY)
        self.keys_at: int = changes.pop("keys_at", NOON - 30 * DAY)
        self.iccid: str | None = changes.pop("iccid", NEW_ICCID)
        self.imsi: str = changes.pop("imsi", NEW)
        self.asked_by: str | None = changes.pop("asked_by", CLERK)
        self.effect: dict[str, str] = changes.pop("effect", {})
        assert not changes

    @property
    def body(self) -> str:
        """What is asked, as numbers writes it."""
        changes = self.kind != "sim"
        return rules.canonical({
            "version": 1, "request": "11111111-1111-1111-1111-111111111111", "kind": self.kind,
            "msisdn": NUMBER, "from": ADA, "to": BOB if changes else None, "iccid": self.iccid,
            "purse": "7" if changes else None, "funds_go": False, "document": "",
            "asked_at": self.asked_at * 1_000, "asked_by": self.asked_by,
        })  # fmt: skip

    @property
    def challenge(self) -> bytes:
        """What everybody signs."""
        return hashlib.sha256(self.body.encode()).digest()

    def key(self, owner: str) -> PasskeyFile:
        """The passkey of a person (``person 1``) or a human of ours (``human 11``)."""
        return self.keys.setdefault(owner, passkey_file.new())

    def key_receipt(self, owner: str) -> Receipt:
        """The leaf by which it became public."""
        kind, _, number = owner.partition(" ")
        key = self.key(owner).public
        about = {
            kind: number,
            "credential": key.credential_id.hex(),
            "public_key": key.public_key.hex(),
        }
        room = "people" if kind == "person" else "staff"
        return self.book.add(f"{room}.passkey_added", {}, about, self.keys_at)

    def given(self, party: str, person: str, witness: str | None = None) -> Given:
        """A consent."""
        owner = f"person {person}" if witness is None else f"human {witness}"
        signed = self.challenge
        if witness is not None:
            # As numbers.rules.requests has it, written again: the network shares no code with it.
            signed = hashlib.sha256(f"seen {party} {person} {signed.hex()}".encode()).digest()
        return Given(party, person, witness, self.key(owner).assertion(signed))

    def approved(self, human: str) -> Approved:
        """An approval."""
        return Approved(human, self.key(f"human {human}").assertion(self.challenge))

    def dossier(self) -> Dossier:
        """All of it, in the order in which it happens."""
        consents = [self.given("from", ADA)]
        approvals = [self.approved(FIRST)]
        if self.kind != "sim":
            consents.append(self.given("to", BOB))
            approvals.append(self.approved(SECOND))
        keys = [self.key_receipt(owner) for owner in sorted(self.keys)]
        hashed = {"kind": self.kind, "request_hash": self.challenge.hex()}
        about = {"msisdn": str(NUMBER), "request": "11111111-1111-1111-1111-111111111111"}
        requested = self.book.add("numbers.requested", hashed, about, self.asked_at)
        receipt = self.book.add(self._kind_done, hashed, self._about(about), self.done_at)
        asked = Asked(requested, self.body, tuple(consents), tuple(approvals), tuple(keys))
        return Dossier(NUMBER, receipt, asked)

    @property
    def _kind_done(self) -> str:
        return "numbers.sim_replaced" if self.kind == "sim" else "numbers.transferred"

    def _about(self, about: dict[str, str]) -> dict[str, str]:
        done = {**about, "iccid": self.iccid or OLD_ICCID, "imsi": self.imsi}
        if self.kind == "sim":
            done |= {"holder": ADA, "old_iccid": OLD_ICCID, "old_imsi": OLD}
        else:
            done |= {"from": ADA, "to": BOB}
        return done | self.effect


def simple(
    kind: str, about: Mapping[str, str], said: Mapping[str, Plain], seen_at: int = NOON
) -> Dossier:
    """A dossier of one leaf."""
    return Dossier(NUMBER, Book().add(kind, said, {"msisdn": str(NUMBER), **about}, seen_at))


def sale(seen_at: int = NOON, imsi: str = OLD) -> Dossier:
    """A first sale."""
    about = {"holder": ADA, "iccid": OLD_ICCID, "imsi": imsi}
    return simple("numbers.activated", about, {"opened_as": "first-sale"}, seen_at)


def with_asked(dossier: Dossier, **changes: Any) -> Dossier:
    """The dossier with something of what was asked exchanged."""
    assert dossier.asked is not None
    asked = msgspec.structs.replace(dossier.asked, **changes)
    return msgspec.structs.replace(dossier, asked=asked)
