"""Any bytes are a message or a fault, and the quick reader agrees with the thorough one."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.diameter"]):
    from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
    from tenure.gateways.diameter.wire.message import HEADER_OCTETS, Malformed, Message, decoded
    from tenure.gateways.diameter.wire.quick import quick_ccr

from tests.fuzz.fuzzing import fuzz
from tests.gateways.diameter.test_quick import COMMON


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
    fuzz(one, [*COMMON.values()])
