"""What a provider of photo comparison is asked, and what it answers: two JSON objects.

We ask with POST and ``Content-Type: application/json``::

    {"version": 1, "live": "<base64>", "document": "<base64>"}

``live`` is the photo that was taken now, ``document`` the one on the document; JPEG or PNG each.
The provider answers 200 and::

    {"score_ppm": 987000, "reference": "a name of its own for this comparison"}

``score_ppm`` is how sure it is that both show one person: 0 to 1,000,000.  Any other status, or any
other body, proves nothing.  We keep score and reference, and nothing of the photos.
"""

import base64
from typing import Annotated, Final

import msgspec

PHOTO_OCTETS_MAX: Final = 10_000_000
ANSWER_OCTETS_MAX: Final = 65_536
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Question(msgspec.Struct, frozen=True):
    """What a provider is asked."""

    live: str
    document: str
    version: int = 1

    def __repr__(self) -> str:
        return "Question()"


class Answer(msgspec.Struct, frozen=True):
    """What a provider answers; what else it says is not read."""

    score_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


def is_photo(octets: bytes) -> bool:
    """Whether these are a JPEG or PNG of a size that can be sent."""
    return octets.startswith(_MAGIC) and len(octets) <= PHOTO_OCTETS_MAX


def question(live: bytes, document: bytes) -> bytes:
    """The body of a question."""
    asked = Question(base64.b64encode(live).decode(), base64.b64encode(document).decode())
    return msgspec.json.encode(asked)


def answer(status: int, body: bytes) -> Answer | None:
    """The answer, if it is one."""
    if status != 200 or len(body) > ANSWER_OCTETS_MAX:  # noqa: PLR2004 -- HTTP's own
        return None
    try:
        return msgspec.json.decode(body, type=Answer)
    except msgspec.DecodeError:
        return None
