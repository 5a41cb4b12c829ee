"""From promises to what the page and the terminal show: words, no decisions.

Read lines (a number as it is used), story (its whole tenure), events and proofs (what the record
says), requests, passkeys, saying (refusals in the page's words).
"""

from tenure.gateways.web.translate.lines import (
    LANGUAGE,
    STAGE,
    Known,
    Wording,
    clock_time,
    date,
    date_and_time,
    day_and_time,
    happening,
    line_view,
    local,
    masked,
    not_a_number,
    number_words,
    sentence,
    wording,
)

__all__ = [
    "LANGUAGE",
    "STAGE",
    "Known",
    "Wording",
    "clock_time",
    "date",
    "date_and_time",
    "day_and_time",
    "happening",
    "line_view",
    "local",
    "masked",
    "not_a_number",
    "number_words",
    "sentence",
    "wording",
]
