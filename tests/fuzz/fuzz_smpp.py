"""Any bytes are PDUs or faults that can be answered, and any message is a text or none."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.smpp"]):
    from tenure.gateways.smpp.translate.reading import spoken
    from tenure.gateways.smpp.wire.bodies import Message
    from tenure.gateways.smpp.wire.names import RESPONSE
    from tenure.gateways.smpp.wire.pdu import HEADER_OCTETS, Malformed, Pdu
    from tenure.gateways.smpp.wire.reading import Frames
    from tenure.gateways.smpp.wire.receipt import is_receipt, receipt_of

from tests.fuzz.fuzzing import fuzz
from tests.gateways.smpp.transcripts import BIND, BIND_ANSWER, SUBMIT, SUBMIT_ANSWER


def one(data: bytes) -> None:
    """A stream as it comes, and as one PDU whose length was put right."""
    list(Frames().feed(data))
    if len(data) < HEADER_OCTETS:
        return
    for found in Frames().feed(len(data).to_bytes(4) + data[4:]):
        assert isinstance(found, Pdu | Malformed)
        if isinstance(found, Malformed):
            assert not (found.answer and found.header.command & RESPONSE)
        elif isinstance(found.body, Message):
            if is_receipt(found.body):
                receipt_of(found.body)
            part = spoken(found.body)
            assert part is None or isinstance(part.text, str)


if __name__ == "__main__":
    fuzz(one, [BIND, BIND_ANSWER, SUBMIT, SUBMIT_ANSWER])
