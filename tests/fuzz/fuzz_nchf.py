"""Any body of a charging request is a request or a problem that names the member at fault."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.nchf"]):
    from tenure.gateways.nchf.wire.messages import ChargingDataRequest, ProblemDetails, encoded
    from tenure.gateways.nchf.wire.reading import read

from tests.fuzz.fuzzing import fuzz

BODY = b"""{"nfConsumerIdentification": {"nodeFunctionality": "SMF"},
 "subscriberIdentifier": "imsi-456061234567890", "invocationSequenceNumber": 0,
 "invocationTimeStamp": "2026-01-01T00:00:00Z",
 "multipleUnitUsage": [{"ratingGroup": 100, "requestedUnit": {"totalVolume": 1000}}]}"""


def one(data: bytes) -> None:
    """A problem can be told to the peer; a request is what it says."""
    found = read(data)
    assert isinstance(found, ChargingDataRequest | ProblemDetails)
    if isinstance(found, ProblemDetails):
        assert encoded(found)


if __name__ == "__main__":
    fuzz(one, [BODY, b"[]", b'{"a": "\\u00e9"}'])
