"""What binds and what was stated: acceptance, acknowledgement, and data of another person."""

import re
from typing import Final

from tenure.promises.consent.model import (
    Acceptance,
    Accepted,
    Acknowledged,
    Acknowledgement,
    How,
    Refusal,
    Representation,
    Represented,
)
from tenure.promises.consent.rules.saying import drawn, unusable
from tenure.promises.consent.rules.texts import published
from tenure.promises.record.model import Act
from tenure.terms.agreements import DocumentVersion
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

_WORD: Final = re.compile(r"[a-z][a-z0-9 .,:_-]{0,99}")


def accepted(
    acceptance: Acceptance, terms: Terms, act: Act
) -> tuple[Accepted, DocumentVersion] | Refused[Refusal]:
    """GTC-ACCEPT: the acceptance of a text that could be read then, or why it proves nothing."""
    found = _read(acceptance.document, acceptance.version, acceptance.how, terms, act.at)
    if isinstance(found, Refused):
        return found
    one = Accepted(
        drawn(act, "acceptance", str(acceptance.person_id), acceptance.manner.value, found.version),
        acceptance,
        found.version,
        found.sha256[acceptance.how.language],
        act.at,
    )
    return one, found


def acknowledged(
    said: Acknowledgement, terms: Terms, act: Act
) -> tuple[Acknowledged, DocumentVersion] | Refused[Refusal]:
    """PRV-ACK: the acknowledgement of the notice that could be read then, or why it is none."""
    found = _read(said.document, said.version, said.how, terms, act.at)
    if isinstance(found, Refused):
        return found
    if (wrong := _unworded(said.occasion)) is not None:
        return wrong
    one = Acknowledged(
        drawn(act, "acknowledgement", str(said.person_id), said.occasion, str(act.at)),
        said,
        found.version,
        found.sha256[said.how.language],
        act.at,
    )
    return one, found


def represented(said: Representation, terms: Terms, act: Act) -> Represented | Refused[Refusal]:
    """PRV-THIRD: that the other person agreed, as the supplier states it; or why it is none."""
    wrong = _unworded(said.about) or _unworded(said.occasion) or unusable(said.how)
    if wrong is not None:
        return wrong
    if said.how.language not in terms.languages:
        return _language(terms)
    named = (str(said.supplier_id), said.about, said.occasion, str(act.at))
    return Represented(drawn(act, "representation", *named), said, act.at)


def _read(
    document: str, version: str | None, how: How, terms: Terms, at: Instant
) -> DocumentVersion | Refused[Refusal]:
    if how.language not in terms.languages:
        return _language(terms)
    found = published(terms, document, version, at)
    if isinstance(found, Refused):
        return found
    return unusable(how) or found


def _language(terms: Terms) -> Refused[Refusal]:
    return Refused(Refusal.UNKNOWN_LANGUAGE, f"the languages are {', '.join(terms.languages)}")


def _unworded(words: str) -> Refused[Refusal] | None:
    if _WORD.fullmatch(words):
        return None
    detail = "say the occasion and the items in words of the catalogue, such as registration"
    return Refused(Refusal.EVIDENCE_UNUSABLE, detail)
