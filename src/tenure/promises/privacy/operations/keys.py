"""Seals what is told about somebody with the key of their class, and ends that key for good."""

import os
from collections.abc import Mapping
from typing import Final, TypeAlias

from tenure.keystore.shelf import Shelf
from tenure.keystore.words import Fence, Lack
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.keys import KeyRefusal, KeysSettled
from tenure.promises.privacy.store import keys as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import NONCE_OCTETS, Key, Sealer, Whose, key_id_of, place_of

ENDED: Final = "privacy.key_ended"
AGREED: Final = "privacy.key_ended_again"

Said: TypeAlias = Mapping[str, Plain]


class Keys:
    """The keys of everybody (PRV-SEC), one for each subject and class of retention.

    A class is the name of a retention period, as ``Holding.keep`` has it.  ``place`` says where a
    value belongs, made by ``values.sealing.place_of`` of table, column and row: at another place,
    or for somebody else, it cannot be opened.  A ``Keys`` may be used by one task at a time.
    """

    def __init__(self, shelf: Shelf) -> None:
        """Works on an open key store, which stays the caller's to close."""
        self._shelf = shelf

    async def seal(
        self, tx: Transaction, whose: Whose, class_: str, place: bytes, value: bytes
    ) -> bytes:
        """The envelope of a value, for a column of the domain ``privacy.sealed``.

        After the key of this class was destroyed, somebody who comes again has a new one.
        """
        mark = self._shelf.mark(whose, class_)
        key = self._shelf.key(mark, fence=await store.newest(tx, mark))
        return Sealer(key).seal(os.urandom(NONCE_OCTETS), _place(whose, class_, place), value)

    async def open(
        self, tx: Transaction, whose: Whose, class_: str, place: bytes, envelope: bytes
    ) -> bytes | Refused[KeyRefusal]:
        """The value that was sealed, or why it stays closed."""
        key_id = key_id_of(envelope)
        if key_id is None:
            return Refused(KeyRefusal.NOT_SEALED, "this is no sealed value; see what wrote it")
        mark = self._shelf.mark(whose, class_)
        match self._shelf.by_id(key_id, mark=mark, fence=await store.newest(tx, mark)):
            case Key() as key:
                value = Sealer(key).open(_place(whose, class_, place), envelope)
                return _CHANGED if value is None else value
            case Lack.DESTROYED:
                return Refused(KeyRefusal.KEY_DESTROYED, "its key was destroyed; it is gone")
            case Lack.UNKNOWN:
                return Refused(KeyRefusal.KEY_UNKNOWN, "name the key store that it was sealed with")

    async def destroy(self, tx: Transaction, whose: Whose, class_: str, act: Act) -> int:
        """End all keys of somebody's class (PRV-KEEP); the leaf that tells of it.

        Nothing of them is opened from this transaction on.  They are destroyed after its commit:
        call ``settle`` then; the clock does it as well.  Looking whether a hold forbids it is the
        caller's: what is destroyed cannot be had back.
        """
        fence = self._shelf.ask_fence(self._shelf.mark(whose, class_))
        said: Said = {"class": class_, "mark": fence.mark.hex(), "number": fence.number}
        leaf = await record.append(tx, act, ENDED, said, {})
        await store.ask(tx, fence, class_, act.at, leaf)
        return leaf

    async def settle(self, tx: Transaction, at: Instant) -> KeysSettled:
        """Destroy the keys whose end was committed.  To be called as a transaction of its own."""
        ended = 0
        waiting = await store.waiting(tx)
        for fence in waiting:
            ids = self._shelf.raise_fence(fence)
            await store.raised(tx, fence, len(ids), at)
            ended += len(ids)
        return KeysSettled(raised=len(waiting), keys=ended)

    async def agree(self, tx: Transaction, act: Act) -> KeysSettled:
        """Bring database and key store to the same fences, whichever was put back from a copy.

        What one of them knows as ended is ended in both.  A transaction of its own, at the start.
        """
        first = await self.settle(tx, act.at)
        there, here = await store.known(tx), {one.mark: one for one in self._shelf.fences()}
        raised = keys = 0
        for mark, number in there.items():
            if mark not in here or here[mark].number < number:
                keys += len(self._shelf.raise_fence(Fence(mark, number)))
                raised += 1
        lacking = [one for one in here.values() if there.get(one.mark, 0) < one.number]
        for fence in lacking:
            said: Said = {"mark": fence.mark.hex(), "number": fence.number}
            leaf = await record.append(tx, act, AGREED, said, {})
            await store.ask(tx, fence, "", act.at, leaf)
            await store.raised(tx, fence, 0, act.at)
        return KeysSettled(first.raised + raised, len(lacking), first.keys + keys)


_CHANGED: Final = Refused(
    KeyRefusal.NOT_AUTHENTIC, "it was changed, or was sealed for somebody or something else"
)


def _place(whose: Whose, class_: str, place: bytes) -> bytes:
    """Whose and of which class a value is belongs to its place."""
    return place_of(*whose, class_, place)
