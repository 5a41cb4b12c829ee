"""A request that was stopped never happens in the network, whatever is written afterwards."""

from pathlib import Path
from typing import Final

import msgspec

from tenure.gateways.hlr.server.memory import Memory
from tenure.gateways.hlr.translate.dossier import Before, Doubt, Ended, Known
from tenure.gateways.hlr.translate.judging import judged
from tenure.values.msisdn import Imsi
from tenure.values.refused import Refused
from tests.gateways.hlr.dossiers import ADA, LOG, NUMBER, OLD, TRUSTED, Case, simple

HELD: Final = Known(NUMBER, LOG.name, 0, Imsi(OLD), ADA)
STOPPED: Final = Before(HELD, Imsi(OLD), ended=True)


def test_a_stop_is_remembered_whatever_came_since() -> None:
    case = Case()
    said = {"kind": "transfer", "request_hash": case.challenge.hex(), "outcome": "stopped"}
    stop = simple("numbers.stopped", {}, said)
    for before in (
        Before(None, None),
        Before(HELD, Imsi(OLD)),
        Before(msgspec.structs.replace(HELD, index=99), None),
    ):
        assert judged(stop, before, TRUSTED) == Ended(case.challenge.hex())


def test_a_stop_that_names_no_request_is_doubted() -> None:
    found = judged(simple("numbers.stopped", {}, {}), Before(None, None), TRUSTED)
    assert isinstance(found, Refused)
    assert found.refusal is Doubt.NOT_OPENED


def test_what_was_stopped_is_doubted_though_all_have_signed() -> None:
    for case in (Case(), Case("sim")):
        dossier = case.dossier()
        assert isinstance(judged(dossier, Before(HELD, Imsi(OLD)), TRUSTED), Known)
        found = judged(dossier, STOPPED, TRUSTED)
        assert isinstance(found, Refused)
        assert found.refusal is Doubt.ENDED


def test_a_stop_is_there_after_a_new_start(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "known.db")
    assert not memory.has_ended("ab")
    memory.end("ab")
    memory.end("ab")
    memory.close()
    again = Memory(tmp_path / "known.db")
    assert again.has_ended("ab")
    assert not again.has_ended("cd")
    again.close()
