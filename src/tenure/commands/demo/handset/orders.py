"""What the program of the phones is told at its start; by its input, since it holds secrets."""

import msgspec


class Phone(msgspec.Struct, frozen=True):
    """A phone to begin with."""

    msisdn: str
    shown: str
    """The number as people here write it."""
    language: str

    def __repr__(self) -> str:
        return f"Phone({self.language})"


class Orders(msgspec.Struct, frozen=True):
    """Where to listen, whom to let in, and what there is to dial."""

    operator: str
    country_code: str
    host: str
    page_port: int
    smpp_port: int
    system_id: str
    password: str
    """Who may bind to the message centre."""
    ussd_port: int
    ussd_secret: str
    """Where what is dialled is posted to, as aggregators do."""
    phones: tuple[Phone, ...]
    codes: tuple[str, ...]
    short_codes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Orders({self.operator})"
