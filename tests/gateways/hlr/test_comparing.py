"""Proofs, tables and the network, compared: who is believed, and what is put right."""

from typing import Final

import msgspec
import pytest

from tenure.gateways.hlr.translate.comparing import ALARMS, PUT_RIGHT, Difference, compared
from tenure.gateways.hlr.translate.dossier import Known
from tenure.gateways.hlr.translate.subscriber import Row
from tenure.promises.numbers.model import Served
from tenure.values.msisdn import Imsi
from tests.gateways.hlr.dossiers import ADA, LOG, NUMBER

SIM, OTHER = Imsi("456060000000001"), Imsi("456060000000002")
PROVEN: Final = Known(NUMBER, LOG.name, 1, SIM, ADA)
LOST: Final = msgspec.structs.replace(PROVEN, lost=True)
OVER: Final = Known(NUMBER, LOG.name, 1, None, None, ended_at=1)
TABLES: Final = Served(NUMBER, SIM, closed=False)
NETWORK: Final = Row(SIM, NUMBER, "CSPS")

TABLE: Final[list[tuple[str, Known | None, Served | None, Row | None, Difference]]] = [
    ("all agree", PROVEN, TABLES, NETWORK, Difference.NONE),
    ("all agree on a loss", LOST, Served(NUMBER, SIM, closed=True), Row(SIM, NUMBER, ""),
     Difference.NONE),
    ("the network forgot it", PROVEN, TABLES, None, Difference.NETWORK_LACKS),
    ("another SIM in the network", PROVEN, TABLES, Row(OTHER, NUMBER, "CSPS"),
     Difference.NETWORK_DIFFERS),
    ("served though lost", LOST, Served(NUMBER, SIM, closed=True), NETWORK,
     Difference.NETWORK_DIFFERS),
    ("half served", PROVEN, TABLES, Row(SIM, NUMBER, "CS"), Difference.NETWORK_DIFFERS),
    ("it ended", OVER, None, None, Difference.NONE),
    ("it ended, and is served", OVER, None, NETWORK, Difference.NETWORK_KEEPS),
    ("another SIM in the tables", PROVEN, Served(NUMBER, OTHER, closed=False), NETWORK,
     Difference.TABLES_DIFFER),
    ("found in the tables, and nowhere else", LOST, TABLES, Row(SIM, NUMBER, ""),
     Difference.TABLES_DIFFER),
    ("the line is gone from the tables", PROVEN, None, NETWORK, Difference.TABLES_DIFFER),
    ("it ended, and has a line", OVER, TABLES, None, Difference.TABLES_DIFFER),
    ("tables and network were edited alike", PROVEN, Served(NUMBER, OTHER, closed=False),
     Row(OTHER, NUMBER, "CSPS"), Difference.NETWORK_DIFFERS),
    ("never proven", None, TABLES, NETWORK, Difference.UNPROVEN),
    ("never proven, not there", None, None, None, Difference.NONE),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_the_difference(
    row: tuple[str, Known | None, Served | None, Row | None, Difference],
) -> None:
    _, known, served, network, difference = row
    assert compared(NUMBER, known, served, network, waits=False).difference is difference
    assert compared(NUMBER, known, served, network, waits=True).difference is Difference.WAITS


def test_every_difference_is_met_and_the_tables_are_never_followed() -> None:
    assert {row[4] for row in TABLE} == set(Difference) - {Difference.WAITS}
    assert Difference.TABLES_DIFFER not in PUT_RIGHT
    assert Difference.UNPROVEN not in PUT_RIGHT
    assert set(Difference) - ALARMS == {Difference.NONE, Difference.WAITS}
