"""How a number is written by people, and read as E.164."""

from typing import Final

import phonenumbers

from tenure.promises.numbers.model import Refusal
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

TYPED_MAX: Final = 40
"""More characters than anybody types for a number."""


def normalised(typed: str, country: str) -> Msisdn | Refused[Refusal]:
    """The E.164 digits of a number in any form a person writes it.

    ``country`` is the ISO code of the operator ("KH"), for numbers without a country code.  Any
    country's numbers are read; whether one is ours is for the register of lines to say.
    """
    if len(typed) > TYPED_MAX:
        return Refused(Refusal.NOT_A_NUMBER, f"more than {TYPED_MAX} characters are no number")
    text = typed.strip().removeprefix("tel:")
    ours = phonenumbers.country_code_for_region(country)
    digits = text.replace(" ", "").removeprefix("00")
    # E.164 without its plus sign, as in exports of other systems, or after the 00 of most countries
    # (where 00855 would otherwise be read as the Cambodian exit code 008 and a call to Brazil).
    if digits.isdecimal() and digits.startswith(str(ours)):
        text = f"+{digits}"
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as wrong:
        return Refused(_refusal_of(wrong), _EXAMPLE.format(ours=ours))
    if parsed.extension:
        return Refused(Refusal.NOT_A_NUMBER, "a line has no extension; leave it out")
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Refused(Refusal.WRONG_LENGTH, _EXAMPLE.format(ours=ours))
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Msisdn(e164.removeprefix("+"))


_EXAMPLE: Final = "write it with the country code and all digits, such as +{ours} 12 345 678"


def _refusal_of(wrong: phonenumbers.NumberParseException) -> Refusal:
    lengths = (
        phonenumbers.NumberParseException.TOO_LONG,
        phonenumbers.NumberParseException.TOO_SHORT_NSN,
        phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
    )
    return Refusal.WRONG_LENGTH if wrong.error_type in lengths else Refusal.NOT_A_NUMBER
