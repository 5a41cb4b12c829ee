"""A register as a few lines of Python: what osmo-hlr does with our commands, to try plans on."""

from collections.abc import Iterator

import msgspec

from tenure.gateways.hlr.translate.steps import (
    Close,
    Create,
    Delete,
    Open,
    SetKeys,
    SetNumber,
    Step,
    TakeNumber,
)
from tenure.gateways.hlr.translate.subscriber import Believed, Looked, Wanted


class Model:
    """Numbers and SIMs are unique; a step that cannot be done changes nothing."""

    def __init__(self, subscribers: tuple[Believed, ...] = ()) -> None:
        self.subscribers = {one.imsi: one for one in subscribers}

    def look(self, wanted: Wanted) -> Looked:
        at = next((one for one in self.everybody() if one.msisdn == wanted.msisdn), None)
        sim = None if wanted.imsi is None else self.subscribers.get(wanted.imsi)
        leftover = [self.subscribers[imsi] for imsi in wanted.gone if imsi in self.subscribers]
        return Looked(sim, at, tuple(leftover))

    def everybody(self) -> Iterator[Believed]:
        yield from self.subscribers.values()

    def take(self, step: Step) -> None:
        there = self.subscribers.get(step.imsi)
        if isinstance(step, Create):
            if there is None:
                self.subscribers[step.imsi] = Believed(step.imsi, None, cs=True, ps=True, keys=None)
            return
        if there is None:
            return
        if isinstance(step, Delete):
            del self.subscribers[step.imsi]
            return
        self.subscribers[step.imsi] = self._changed(there, step)

    def _changed(
        self, there: Believed, step: SetKeys | TakeNumber | SetNumber | Open | Close
    ) -> Believed:
        match step:
            case SetKeys(keys=keys):
                return msgspec.structs.replace(there, keys=keys)
            case TakeNumber():
                return msgspec.structs.replace(there, msisdn=None)
            case SetNumber(msisdn=msisdn):
                taken = any(one.msisdn == msisdn for one in self.everybody())
                return there if taken else msgspec.structs.replace(there, msisdn=msisdn)
            case Open() | Close():
                is_open = isinstance(step, Open)
                return msgspec.structs.replace(there, cs=is_open, ps=is_open)
