"""The currencies of ISO 4217 and how many digits stand after the point: their exponent."""

from typing import Final

# Every code with two digits that is not in one of the other lists.
TWO: Final = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
    PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """.split()
)
NONE: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
THREE: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
FOUR: Final = frozenset("CLF UYW".split())

EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(TWO, 2),
    **dict.fromkeys(NONE, 0),
    **dict.fromkeys(THREE, 3),
    **dict.fromkeys(FOUR, 4),
}

WITHOUT_EXPONENT: Final = frozenset(
    "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split()
)
"""Codes that ISO 4217 lists with no minor unit at all (metals, funds, tests): no price can be
rounded to them."""
