"""Any bytes are a message or a fault, and the quick reader agrees with the thorough one."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.diameter"]):
    from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
    from tenure.gateways.diameter.wire.message import HEADER_OCTETS, Malformed, Message, decoded
    from tenure.gateways.diameter.wire.quick import quick_ccr

from tests.fuzz.fuzzing import fuzz
from tests.gateways.diameter.given import ccr_bytes, mscc, rsu, usu


def one(data: bytes) -> None:
    """A message of any bytes, with its length put right so that most get past the first check."""
    if len(data) < HEADER_OCTETS:
        return
    whole = data[: len(data) - len(data) % 4]
    raw = whole[:1] + len(whole).to_bytes(3) + whole[4:]
    message = decoded(raw)
    assert isinstance(message, Message | Malformed)
    quick = quick_ccr(raw)
    thorough = ccr_of(raw, message) if isinstance(message, Message) else None
    if quick is not None:
        assert isinstance(thorough, Ccr)
        assert quick == thorough


if __name__ == "__main__":
    fuzz(
        one,
        [
            ccr_bytes(mscc(rsu(CC_Total_Octets=1_000), rating_group=100)),
            ccr_bytes(mscc(usu(CC_Total_Octets=5), rating_group=100), CC_Request_Type=2),
            ccr_bytes(mscc(usu(CC_Time=5), rsu()), CC_Request_Type=3),
        ],
    )
