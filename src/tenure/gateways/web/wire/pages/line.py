"""The page of one number: what it can do, and its whole tenure with the proofs."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages import front
from tenure.gateways.web.wire.pages.frame import Frame, card, facts, none
from tenure.gateways.web.wire.shapes import LineView, NoLine, Part
from tenure.gateways.web.wire.stories import Proof, Story, Told

TITLE: Final = "A number"
CHARGES: Final = "Last charges and top-ups"
NO_CHARGES: Final = "Nothing has been charged yet."
USABLE: Final = "Also usable"
NOT_USABLE: Final = "No bundle and no promotional money."
GOING_ON: Final = "Going on now"
NOT_GOING_ON: Final = "No call and no data session."
HOLDERS: Final = "Who holds it"
NO_HOLDER: Final = "Nobody holds it: it is the operator's own line."
SIMS: Final = "Its SIM"
SIMS_NOTE: Final = "changes to the second"
NO_SIM: Final = "No SIM of ours is bound to it."
COMING: Final = "What time does to it"
NOT_COMING: Final = "Nothing: a postpaid number is used until its contract ends."
KEEPS: Final = "What keeps it where it is"
NOT_KEPT: Final = "It is not locked, and no complaint or order holds it."
REQUESTS: Final = "Requests about it"
NO_REQUEST: Final = "Nothing was asked about it."
MEASURES: Final = "Restrictions"
NO_MEASURE: Final = "It is not restricted, suspended or terminated, and was not."
TOLD: Final = "What its holder was told"
NOTHING_TOLD: Final = "Nothing yet."
EVENTS: Final = "What happened, with proof"
NO_EVENTS: Final = "The record has nothing about this number alone."
ALARM: Final = "Alarm"
RECEIPT: Final = "receipt"
RECEIPT_OF: Final = "of leaf"
HOW_TO_CHECK: Final = (
    "Each receipt proves its event without us: download it, take the policy file from the regulator"
    " or a witness, and run"
)
COMMAND: Final = "python3 verify_receipt.py --policy policy receipt.json"
WHERE: Final = (
    "The program is tools/verify_receipt.py: one file, Python and the package cryptography, no"
    " network."
)


def number(  # noqa: PLR0913 -- what was found, and how it was asked for
    frame: Frame,
    found: LineView | NoLine,
    story: Story | None,
    purposes: Mapping[str, str],
    *,
    typed: str = "",
    case: str = "",
    purpose: str = "",
) -> str:
    """The page of one number, or of why there is none."""
    told = ("", "", "") if story is None else _tenure(story)
    used = (nothing(found), "", "") if isinstance(found, NoLine) else _line(found)
    head, left, right = (one + other for one, other in zip(used, told, strict=True))
    form = front.look_up(frame, purposes, typed, case, purpose)
    return parts.page(frame, TITLE, form + head + _columns(left, right))


def _columns(left: str, right: str) -> str:
    return f"<div class='two'><div>{left}</div><div>{right}</div></div>" if left else ""


def nothing(found: NoLine) -> str:
    """Why nothing is shown."""
    return parts.said(found.words)


def _line(line: LineView) -> tuple[str, str, str]:
    """What it can do: above, left and right."""
    tag = f"<span class='tag{'' if line.well else ' no'}'>{escape(line.stage)}</span>"
    about = (
        "<section class='card person'><div><div class='head'>"
        f"<h2 class='number'>{escape(line.number)}</h2>{tag}</div>"
        f"<p class='note'>{escape(line.offer)}. {escape(line.stage_words)}</p></div>"
        f"<div class='funds'><div class='figure'>{escape(line.funds)}</div>"
        f"<p class='note'>{escape(line.validity)}</p></div></section>"
    )
    return (
        about,
        card(CHARGES, front.events(line.charges, NO_CHARGES)),
        card(USABLE, _parts(line.parts, NOT_USABLE))
        + card(GOING_ON, _parts(line.sessions, NOT_GOING_ON)),
    )


def _parts(rows: Sequence[Part], nothing_words: str) -> str:
    if not rows:
        return none(nothing_words)
    shown = "".join(
        f"<tr><td>{escape(part.name)}<br><span class='note'>{escape(part.note)}</span></td>"
        f"<td class='n'>{escape(part.value)}</td></tr>"
        for part in rows
    )
    return f"<table><tbody>{shown}</tbody></table>"


def tenure(story: Story) -> str:
    """The whole tenure of a number."""
    above, left, right = _tenure(story)
    return above + _columns(left, right)


def _tenure(story: Story) -> tuple[str, str, str]:
    """The whole tenure: above, left and right."""
    above = "".join(
        f"<section class='card alarm' role='alert'><h2>{ALARM}</h2><p>{escape(words)}</p></section>"
        for words in story.alarms
    )
    left = (
        card(HOLDERS, facts(story.holders, NO_HOLDER))
        + card(REQUESTS, facts(story.requests, NO_REQUEST))
        + card(EVENTS, _happened(story.events, NO_EVENTS) + _how(story.events))
    )
    right = (
        card(SIMS, facts(story.sims, NO_SIM), SIMS_NOTE)
        + card(COMING, facts(story.coming, NOT_COMING))
        + card(KEEPS, facts(story.keeps, NOT_KEPT))
        + card(MEASURES, facts(story.measures, NO_MEASURE))
        + card(TOLD, _happened(story.told, NOTHING_TOLD))
    )
    return above, left, right


def _happened(happened: Sequence[Told], nothing_words: str) -> str:
    if not happened:
        return none(nothing_words)
    return "<ol class='events told'>" + "".join(map(_told, happened)) + "</ol>"


def _told(one: Told) -> str:
    detail = f"<small>{escape(one.detail)}</small>" if one.detail else ""
    proof = "" if one.proof is None else _proof(one.proof)
    return (
        f"<li><time>{escape(one.time)}</time>"
        f"<span>{escape(one.sentence)}{detail}{proof}</span></li>"
    )


def _proof(proof: Proof) -> str:
    if not proof.receipt:
        return f"<small class='waits'>{escape(proof.words)}</small>"
    # The receipt is in the page itself: nothing is asked for by an address that names anybody.
    data = base64.b64encode(proof.receipt.encode()).decode()
    link = (
        f"<a download='receipt-{proof.leaf}.json' href='data:application/json;base64,{data}'>"
        f"{RECEIPT} <span class='unseen'>{RECEIPT_OF} {proof.leaf}</span></a>"
    )
    return f"<small><span class='proved'>✓</span> {escape(proof.words)} · {link}</small>"


def _how(happened: Sequence[Told]) -> str:
    if not any(one.proof is not None and one.proof.receipt for one in happened):
        return ""
    return f"<p class='note how'>{HOW_TO_CHECK} <code>{COMMAND}</code>. {WHERE}</p>"
