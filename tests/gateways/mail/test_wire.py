"""A letter as octets, read again by a parser; and what each answer of a server means."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.mail import wire
from tenure.gateways.mail.wire import Letter, Meaning, Part

WRITTEN = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
KHMER = "Smart Axiata៖ ការជូនដំណឹងសុវត្ថិភាពសម្រាប់លេខរបស់អ្នក"
BODY = "Smart Axiata៖ លេខ 015 000 000 របស់អ្នកត្រូវបានដោះសោហើយ។"


def letter(subject: str = KHMER, text: str = BODY, **changed: str) -> Letter:
    given = {"sender_name": "Smart Axiata", "language": "km", "unsubscribe": ""} | changed
    return Letter(
        message_id="notice-7@tenure.example",
        sender="notices@tenure.example",
        to="sok@example.com",
        subject=subject,
        text=text,
        written=WRITTEN,
        **given,
    )


def parsed(octets: bytes) -> EmailMessage:
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def content(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def test_a_letter_is_read_as_it_was_meant() -> None:
    message = parsed(wire.written(letter()))
    assert message["From"] == "Smart Axiata <notices@tenure.example>"
    assert message["To"] == "sok@example.com"
    assert message["Subject"] == KHMER
    assert message["Date"].datetime == WRITTEN
    assert message["Message-ID"] == "<notice-7@tenure.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "km"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert content(message) == f"{BODY}\n"
    assert "List-Unsubscribe" not in message
    assert "Bcc" not in message


def test_an_offer_names_where_one_post_ends_offers() -> None:
    link = f"https://mine.example/unsubscribe/{'a' * 60}"
    octets = wire.written(letter(unsubscribe=link))
    message = parsed(octets)
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # RFC 8058 section 3.1: no folding, no encoding may hide it from who looks for it.
    assert f"<{link}>".encode() in octets


def test_every_octet_is_ascii_and_every_line_short() -> None:
    octets = wire.written(letter(KHMER * 20, BODY * 50))
    assert octets.isascii()
    assert octets.endswith(b"\r\n")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert max(map(len, octets.split(b"\r\n"))) <= 78


def test_no_letter_of_khmer_is_cut_in_a_subject() -> None:
    octets = wire.written(letter(KHMER * 8))
    head = octets.partition(b"\r\n\r\n")[0]
    words = [word for line in head.split(b"\r\n") for word in line.split() if word[:2] == b"=?"]
    assert len(words) > 5
    for word in words:
        assert len(word) <= 75
        message = parsed(b"Subject: " + word + b"\r\n\r\n")
        assert "\ufffd" not in message["Subject"]


# What a text of the pack can hold: no control characters, no halves of a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300)
SUBJECT = TEXT.map(lambda text: " ".join(text.split())).filter(bool)


@given(TEXT)
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    octets = wire.written(letter("a subject", text))
    assert octets.isascii()
    assert content(parsed(octets)) == f"{text}\n"


@given(SUBJECT)
def test_any_subject_is_one_header(subject: str) -> None:
    octets = wire.written(letter(subject))
    assert octets.isascii()
    message = parsed(octets)
    assert [name for name, _ in message.items()].count("Subject") == 1
    assert message["To"] == "sok@example.com"


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@example.com", "a\nb", "a\rb"])
def test_a_subject_adds_no_header(subject: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        wire.written(letter(subject))


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"..a\r\n.b\r\n", b"...a\r\n..b\r\n.\r\n"),
        (b"a.b\r\n", b"a.b\r\n.\r\n"),
    ],
)
def test_a_dot_does_not_end_a_letter(octets: bytes, wanted: bytes) -> None:
    assert wire.dotted(octets) == wanted


ADDRESSES = [
    ("sok@example.com", True),
    ("sok.dara+tenure@mail.example.com.kh", True),
    ("o'neill@example.com", True),
    ("", False),
    ("sok", False),
    ("@example.com", False),
    ("sok@", False),
    ("sok@example.com>", False),
    ("sok@example.com> SIZE=1", False),
    ("sok@example.com\r\nRCPT TO:<eve@example.com>", False),
    ("sok @example.com", False),
    ('"sok"@example.com', False),
    ("សុខ@example.com", False),
    ("a@b@example.com", False),
]


@pytest.mark.parametrize(("address", "wanted"), ADDRESSES)
def test_an_address_is_one_that_every_server_takes(address: str, wanted: bool) -> None:  # noqa: FBT001 -- a row
    assert wire.plain(address) is wanted


MEANINGS = [
    (Part.GREETING, 250, Meaning.TAKEN),
    (Part.GREETING, 554, Meaning.LATER),
    (Part.SENDER, 250, Meaning.TAKEN),
    (Part.SENDER, 451, Meaning.LATER),
    (Part.SENDER, 550, Meaning.LATER),
    (Part.SENDER, 530, Meaning.LATER),
    (Part.SENDER, 552, Meaning.NEVER),
    (Part.READER, 250, Meaning.TAKEN),
    (Part.READER, 251, Meaning.TAKEN),
    (Part.READER, 421, Meaning.LATER),
    (Part.READER, 450, Meaning.LATER),
    (Part.READER, 452, Meaning.LATER),
    (Part.READER, 530, Meaning.LATER),
    (Part.READER, 550, Meaning.NEVER),
    (Part.READER, 551, Meaning.NEVER),
    (Part.READER, 553, Meaning.NEVER),
    (Part.TEXT, 250, Meaning.TAKEN),
    (Part.TEXT, 451, Meaning.LATER),
    (Part.TEXT, 552, Meaning.NEVER),
    (Part.TEXT, 554, Meaning.NEVER),
    (Part.TEXT, 354, Meaning.LATER),
    (Part.TEXT, -1, Meaning.LATER),
]


@pytest.mark.parametrize(("part", "code", "wanted"), MEANINGS)
def test_an_answer_means(part: Part, code: int, wanted: Meaning) -> None:
    assert wire.meaning(part, code) is wanted


REASONS = [
    (550, b"5.1.1 <sok@example.com>: no such user", "reader 550 5.1.1"),
    (550, b"<sok@example.com> 5.1.1 no such user", "reader 550"),
    (452, b"4.2.2", "reader 452 4.2.2"),
    (450, b"", "reader 450"),
    (450, b"4.2.2sok", "reader 450"),
    (550, b"5.12345.1 x", "reader 550"),
]


@pytest.mark.parametrize(("code", "said", "wanted"), REASONS)
def test_a_reason_quotes_no_words(code: int, said: bytes, wanted: str) -> None:
    assert wire.reason(Part.READER, code, said) == wanted


def test_nobody_shows_in_a_repr() -> None:
    assert repr(letter()) == "Letter('notice-7@tenure.example')"
