"""Reading bodies and references: total on every input, and exact about what is wrong."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenure.gateways.nchf.wire.messages import (
    ChargingDataRequest,
    ProblemDetails,
    RequestedUnit,
    encoded,
)
from tenure.gateways.nchf.wire.reading import BODY_OCTETS_MAX, DEPTH_MAX, deeper_than, read
from tenure.gateways.nchf.wire.reference import Reference, References
from tests.gateways.nchf import official
from tests.gateways.nchf.consumer import request
from tests.gateways.nchf.rating import IMSI

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*request(), "retransmissionIndicator", "oneTimeEvent", "triggers"])
REFERENCES = References(bytes(range(64)))


@given(st.binary(max_size=200))
@example(b'{"a":"\\ud800"}')
@example(b"1e999999")
def test_any_octets_are_read_or_refused(body: bytes) -> None:
    assert isinstance(read(body), ChargingDataRequest | ProblemDetails)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    assert isinstance(read(json.dumps(value).encode()), ChargingDataRequest | ProblemDetails)


@given(NAMES, JSON)
def test_any_value_of_any_member_is_read_or_refused_by_name(name: str, value: Any) -> None:
    read_as = read(json.dumps(request() | {name: value}).encode())
    if isinstance(read_as, ProblemDetails):
        official.needed()
        official.validate(
            json.loads(encoded(read_as)), official.ERRORS, "/components/schemas/ProblemDetails"
        )
        # A time stamp may be NaN or nested too deep, which concerns the body as a whole.
        assert all(param.param.startswith(f"/{name}") for param in read_as.invalid_params)


@given(st.integers(0, 40), st.text(alphabet='[]{}"\\a', max_size=20))
def test_depth_is_counted_outside_of_strings(levels: int, text: str) -> None:
    nested = json.dumps([text]) if levels == 0 else "[" * levels + json.dumps(text) + "]" * levels
    assert deeper_than(nested.encode(), DEPTH_MAX) is (levels > DEPTH_MAX)


def test_members_of_later_releases_are_read_past() -> None:
    body = json.dumps(request() | {"chargingOfTomorrow": {"a": [1, {"b": None}]}}).encode()
    assert isinstance(read(body), ChargingDataRequest)


def test_a_request_shows_nobody() -> None:
    message = read(json.dumps(request()).encode())
    assert IMSI not in repr(message)
    assert IMSI not in str(REFERENCES.read(REFERENCES.token(REFERENCE)))


REFERENCE = Reference(
    key="nchf-0011", service=4, direction=1, once=False, opened_at=1_795_000_000_000_000, imsi=IMSI
)


def test_a_reference_comes_back_and_is_always_the_same() -> None:
    token = REFERENCES.token(REFERENCE)
    assert REFERENCES.read(token) == REFERENCE
    assert References(bytes(range(64))).token(REFERENCE) == token
    assert IMSI.encode().hex() not in token


def test_a_reference_under_another_secret_is_none() -> None:
    assert References(bytes(64)).read(REFERENCES.token(REFERENCE)) is None


@given(st.text(max_size=600))
@example("")
@example("é")
def test_any_text_is_no_reference(token: str) -> None:
    assert REFERENCES.read(token) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_reference_is_none(place: int, change: int) -> None:
    token = bytearray(REFERENCES.token(REFERENCE).encode())
    at = place % len(token)
    token[at] ^= change
    changed = token.decode("latin-1")
    found = REFERENCES.read(changed)
    # The last character has bits that mean nothing; whatever is read is what was sealed.
    assert found is None or (found == REFERENCE and at == len(token) - 1)


@pytest.mark.parametrize("octets", [0, 63, 65])
def test_a_secret_of_another_length_is_refused(octets: int) -> None:
    with pytest.raises(ValueError, match="64 octets"):
        References(bytes(octets))


def test_an_empty_requested_unit_is_one() -> None:
    body = json.dumps(request(multipleUnitUsage=[{"ratingGroup": 1, "requestedUnit": {}}]))
    message = read(body.encode())
    assert isinstance(message, ChargingDataRequest)
    assert message.multiple_unit_usage[0].requested_unit == RequestedUnit()


def test_the_largest_honest_request_fits() -> None:
    containers = [
        {"localSequenceNumber": n, "totalVolume": 1 << 40, "triggers": [{"triggerType": "QHT"}]}
        for n in range(20)
    ]
    groups = [{"ratingGroup": n, "usedUnitContainer": containers} for n in range(64)]
    body = json.dumps(request(multipleUnitUsage=groups)).encode()
    assert len(body) < BODY_OCTETS_MAX
    assert isinstance(read(body), ChargingDataRequest)
