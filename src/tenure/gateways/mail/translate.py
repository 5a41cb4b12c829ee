"""A notice that is to be handed over becomes a letter, and what came of it becomes a report."""

from datetime import datetime
from typing import Final

import msgspec

from tenure.gateways.mail.wire import Letter
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dispatch, Telling
from tenure.terms.notice_kinds import NoticeClass, class_of
from tenure.values import unsubscribing

NO_ADDRESS: Final = "reader address"
"""What is no address that mail can go to."""


class Stationery(msgspec.Struct, frozen=True):
    """What all our letters have in common."""

    sender: str
    wording: notices.Wording
    url: str = ""
    """Where browsers find the page; offers by mail carry a link to it when it is https."""
    secret: bytes = b""
    """Of the codes in those links; the page has the same."""

    def __repr__(self) -> str:
        return "Stationery(…)"


def letter(paper: Stationery, dispatch: Dispatch, written: datetime) -> Letter:
    """The letter of a dispatch."""
    telling = dispatch.notice.telling
    said = notices.letter(paper.wording, telling)
    return Letter(
        message_id=message_id(paper, dispatch.notice.notice_id),
        sender=paper.sender,
        sender_name=paper.wording.operator,
        to=dispatch.to,
        subject=said.subject,
        text=said.body,
        language=_language(paper, telling),
        written=written,
        unsubscribe=_unsubscribe(paper, telling),
    )


def message_id(paper: Stationery, notice_id: int) -> str:
    """The name of a letter: of the notice, not of the try, so that a double shows as one."""
    return f"notice-{notice_id}@{paper.sender.rpartition('@')[2]}"


def _language(paper: Stationery, telling: Telling) -> str:
    offered = telling.language in paper.wording.bundles
    return telling.language if offered else paper.wording.prevailing


def _unsubscribe(paper: Stationery, telling: Telling) -> str:
    if class_of(telling.kind) is not NoticeClass.MARKETING or telling.person_id is None:
        return ""
    # RFC 8058 section 3.1: by https, or not at all.
    if not paper.url.startswith("https://"):
        return ""
    code = unsubscribing.code_of(paper.secret, telling.person_id, telling.facts["purpose"])
    return f"{paper.url}{unsubscribing.PATH}{code}"
