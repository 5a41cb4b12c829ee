"""PDUs as octets, put together by hand from the standard: nothing of ours had a part in them."""

from typing import Final

BIND: Final = bytes.fromhex(
    "00000027 00000009 00000000 00000001"
    "7465737400"  # system_id "test"
    "73656372657400"  # password "secret"
    "564d4100"  # system_type "VMA"
    "34 01 01"  # interface_version, addr_ton, addr_npi
    "38383800"  # address_range "888"
)
BIND_ANSWER: Final = bytes.fromhex("0000001b 80000009 00000000 00000001 4f534d534300 0210 0001 34")
SUBMIT: Final = bytes.fromhex(
    "0000003f 00000004 00000000 00000002"
    "00"  # service_type
    "01 01 3838 3800"  # source 888
    "01 01 3835 3531 3233 3435 3637 3800"  # destination 85512345678
    "00 00 00 00 00 01 00 00 00 0a"
    "42616c61 6e636520 3130"  # "Balance 10"
    "0204 0002 0007"  # user_message_reference 7
)
SUBMIT_ANSWER: Final = bytes.fromhex("00000015 80000004 00000000 00000002 6162633100")
RECEIPT_TEXT: Final = (
    b"id:abc1 sub:001 dlvrd:001 submit date:2611220743 done date:2611220744 stat:DELIVRD err:000"
    b" text:"
)
ENQUIRE: Final = bytes.fromhex("00000010 00000015 00000000 00000009")
ENQUIRE_ANSWER: Final = bytes.fromhex("00000010 80000015 00000000 00000009")
UNBIND: Final = bytes.fromhex("00000010 00000006 00000000 0000000a")


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A PDU of these octets, with its length."""
    words = (16 + len(body), command, status, sequence)
    return b"".join(word.to_bytes(4) for word in words) + body


def deliver(source: bytes, destination: bytes, text: bytes, tlvs: bytes = b"") -> bytes:
    """A deliver_sm."""
    body = (
        b"\0" + b"\1\1" + source + b"\0" + b"\1\1" + destination + b"\0"
        + b"\0\0\0" + b"\0\0" + bytes([0, 0, 0, 0, len(text)]) + text + tlvs
    )  # fmt: skip
    return pdu(5, 1, body)
