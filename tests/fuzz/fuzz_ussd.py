"""Any octets of a register are a message or none, and any message asks for something or nothing."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.ussd", "tenure.values"]):
    from tenure.gateways.ussd import translate
    from tenure.gateways.ussd.session.link import Heard, Link
    from tenure.gateways.ussd.wire import components, forms, strings
    from tenure.values import gsm7
    from tenure.values.spoken import heard

from tests.fuzz.fuzzing import fuzz

DIALLED = bytes.fromhex(
    "20010854061632547698f03004000000073101013514a11202010102013b300a04010f0405aa986c3602"
)
CONTROL = bytes.fromhex("0001fe04") + (len(DIALLED) + 1).to_bytes(2) + b"\xee\x05" + DIALLED
FORM = b"sessionId=s&serviceCode=*888%23&phoneNumber=%2B85515000000&text=1*2"


def one(data: bytes) -> None:
    """Nothing raises, and what was read can be said again."""
    translate.asked(data)
    for outcome in Link("EUSE-x").received(data):
        if isinstance(outcome, Heard):
            translate.asked(outcome.octets)
    found = components.decoded(data)
    string = getattr(found, "string", None)
    if string is not None:
        heard(strings.decoded(string) or "")
    codes = gsm7.unpacked_ussd(data)
    assert gsm7.septets(gsm7.text_of(codes)) is not None
    forms.read(data)


if __name__ == "__main__":
    fuzz(one, [DIALLED, CONTROL, FORM])
