"""From the bytes of a body to a request, or to what exactly is wrong with them."""

import re
from typing import Final

import msgspec

from tenure.gateways.nchf.wire.messages import ChargingDataRequest, InvalidParam, ProblemDetails

BODY_OCTETS_MAX: Final = 256 * 1024
"""64 rating groups with many containers each come to some 100 kB; more is a mistake."""

DEPTH_MAX: Final = 32
"""The deepest member of the standard lies ten levels down."""

MANDATORY: Final = ("/nfConsumerIdentification", "/invocationTimeStamp")

_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_WHERE: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_MISSING: Final = re.compile(r"missing required field `(?P<name>[^`]*)`")

_decoder = msgspec.json.Decoder(ChargingDataRequest)


def read(body: bytes) -> ChargingDataRequest | ProblemDetails:
    """The request in a body; else a problem with status 400 that names the member at fault."""
    try:
        # A member that we read past is not checked by the decoder, and must be UTF-8 too.
        body.decode()
    except UnicodeDecodeError as wrong:
        return problem_of_format(f"the body is not UTF-8: octet {wrong.start}")
    if deeper_than(body, DEPTH_MAX):
        return problem_of_format(f"the body is nested more than {DEPTH_MAX} levels deep")
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as wrong:
        return _problem_of_member(str(wrong))
    except msgspec.DecodeError as wrong:
        return problem_of_format(f"the body is not JSON: {wrong}")


def deeper_than(body: bytes, levels: int) -> bool:
    """Whether brackets are nested deeper; exact, and one count for almost every body."""
    if body.count(b"{") + body.count(b"[") <= levels:
        return False
    depth = 0
    for octet in _STRINGS.sub(b"", body):
        if octet in b"{[":
            depth += 1
            if depth > levels:
                return True
        elif octet in b"}]":
            depth -= 1
    return False


def problem_of_format(detail: str) -> ProblemDetails:
    """A body that is no message at all (TS 29.500 section 5.2.7.2)."""
    return ProblemDetails(
        status=400, title="Bad Request", cause="INVALID_MSG_FORMAT", detail=detail
    )


def problem_of_members(cause: str, *params: InvalidParam) -> ProblemDetails:
    """A message of which some members are missing or wrong."""
    return ProblemDetails(
        status=400,
        title="Bad Request",
        cause=cause,
        detail="; ".join(f"{param.param}: {param.reason}" for param in params),
        invalid_params=params,
    )


def _problem_of_member(words: str) -> ProblemDetails:
    """From the words of the decoder, which name types and places but no values."""
    found = _WHERE.match(words)
    what, path = (found["what"], found["path"] or "") if found else (words, "")
    pointer = "".join(f"/{name or index}" for name, index in _STEP.findall(path))
    missing = _MISSING.search(what)
    if missing:
        pointer = f"{pointer}/{missing['name']}"
        return problem_of_members(
            "MANDATORY_IE_MISSING", InvalidParam(param=pointer, reason="is missing")
        )
    mandatory = pointer.startswith(MANDATORY) or pointer == ""
    cause = "MANDATORY_IE_INCORRECT" if mandatory else "OPTIONAL_IE_INCORRECT"
    return problem_of_members(cause, InvalidParam(param=pointer or "/", reason=what))
