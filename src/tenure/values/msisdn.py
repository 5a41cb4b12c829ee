"""Numbers that identify a subscriber, in a form whose repr shows nobody."""


class Msisdn(str):
    """An E.164 number, digits only without the plus sign; its repr shows the last two digits."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Msisdn(…{self[-2:]})"


class Imsi(str):
    """An international mobile subscriber identity (TS 23.003); its repr shows the network only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Imsi({self[:5]}…)"


class Iccid(str):
    """The number of a SIM card (ITU-T E.118); its repr shows the issuer's country only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Iccid({self[:4]}…)"
