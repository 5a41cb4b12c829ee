"""What must hold between the rows of a price list, and between its versions."""

import itertools
from collections import defaultdict

from tenure.terms.documents import Folder
from tenure.terms.model import Change, Metering
from tenure.terms.price_files import CLAUSES_OF_SERVICE, Draft
from tenure.terms.pricelist import ANY, RateRow
from tenure.values.instant import DAY_MS, NEVER, iso

RouteName = tuple[str, str, str, str, str]


def check_versions(folder: Folder, drafts: list[Draft], change: Change) -> None:
    """GTC-CHANGE: published in time; no two versions at one instant, and none missing between."""
    for draft in drafts:
        notice_ms = draft.version.effective_from - draft.version.published_at
        if draft.version.effective_from < NEVER and notice_ms < change.notice_days * DAY_MS:
            draft.section.note(
                "effective_from",
                f"the version takes effect {notice_ms // DAY_MS} days after it is published",
                f"leave at least {change.notice_days} days between the two (GTC-CHANGE)",
            )
    for earlier, later in itertools.pairwise(drafts):
        one, other = earlier.version, later.version
        if one.effective_from == other.effective_from < NEVER:
            _note_overlap(later, one.version_id, "effective_from")
        elif one.effective_until is not None and one.effective_until > other.effective_from:
            _note_overlap(earlier, other.version_id, "effective_until")
        elif one.effective_until is not None and one.effective_until < other.effective_from:
            earlier.section.note(
                "effective_until",
                f"no version holds from {iso(one.effective_until)} to {iso(other.effective_from)}",
                "remove effective_until: a version holds until the next",
            )
    for draft in drafts:
        _check_rows(folder, draft)


def _note_overlap(draft: Draft, other: str, key: str) -> None:
    draft.section.note(
        key,
        f"the versions {draft.version.version_id} and {other} overlap",
        "let one end where the other begins, or remove effective_until",
    )


def _check_rows(folder: Folder, draft: Draft) -> None:
    steps: dict[tuple[RouteName, str], list[RateRow]] = defaultdict(list)
    for row in draft.version.rows:
        steps[_route(row), row.band].append(row)
    for rows in steps.values():
        _check_steps(folder, draft.rates_file, sorted(rows, key=lambda row: row.from_units))
    bands = {span.band for span in draft.version.bands}
    by_route: dict[RouteName, dict[str, RateRow]] = defaultdict(dict)
    for (route, band), rows in steps.items():
        by_route[route][band] = rows[0]
    for priced in by_route.values():
        if ANY not in priced and (missing := bands - priced.keys()):
            row = next(iter(priced.values()))
            _note(
                folder,
                draft.rates_file,
                row,
                f'no price holds in the band "{min(missing)}"',
                "add a line for that band, or for *",
            )


def _route(row: RateRow) -> RouteName:
    return (row.offer, row.service, row.direction, row.zone, row.visited)


def _note(folder: Folder, file: str, row: RateRow, what: str, remedy: str) -> None:
    folder.note(file, row.line, what, remedy, CLAUSES_OF_SERVICE[row.service])


def _check_steps(folder: Folder, file: str, rows: list[RateRow]) -> None:
    """Steps follow each other without a gap, in whole increments, and the last has no end."""
    if rows[0].from_units:
        _note(folder, file, rows[0], "there is no price from the first unit", "begin with from = 0")
    for row, following in itertools.pairwise(rows):
        _check_pair(folder, file, row, following)
    if rows[-1].until_units is not None:
        _note(folder, file, rows[-1], "the last step ends", "leave its until empty")


def _check_pair(folder: Folder, file: str, row: RateRow, following: RateRow) -> None:
    end = row.until_units
    if following.from_units == row.from_units:
        what = f"the price of line {row.line} is given again"
        _note(folder, file, following, what, "remove one of the two lines, or correct its zone")
    elif end is None or end > following.from_units:
        what = f"the step of line {row.line} overlaps this one"
        _note(folder, file, following, what, "let its until be the from of this one")
    elif end < following.from_units:
        what = f"there is a gap between the step of line {row.line} and this one"
        _note(folder, file, following, what, "let this from be the until of the step before")
    elif (end - row.from_units) % row.increment_units:
        what = "the step is not a whole number of its increments"
        _note(folder, file, row, what, "end it at a whole increment")
    if following.connect_fee_micros or following.minimum_units:
        what = "only the first step can have a connect fee or a minimum"
        _note(folder, file, following, what, "leave both empty")


def check_texts_charged(folder: Folder, drafts: list[Draft], metering: Metering) -> None:
    """GTC-TEXT: incoming texts have a price if they are charged, and none if they are not."""
    for draft in drafts:
        received = [
            row
            for row in draft.version.rows
            if row.service == "sms" and row.direction == "in" and not row.visited
        ]
        if metering.incoming_texts_charged and not received:
            folder.note(
                draft.rates_file,
                0,
                "incoming texts are charged, but have no price",
                "add a line for sms, in, any",
                "GTC-TEXT",
            )
        for row in received:
            if row.price_micros and not metering.incoming_texts_charged:
                what = "incoming texts are not charged, but have a price"
                _note(folder, draft.rates_file, row, what, "write 0, or incoming_charged = true")
