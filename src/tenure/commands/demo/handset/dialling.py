"""What is dialled goes to Tenure as an aggregator posts it, and comes back as a screen."""

import asyncio
import http.client
import secrets
from collections import OrderedDict
from typing import Final
from urllib.parse import urlencode

import msgspec

from tenure.values.msisdn import Msisdn

SECONDS_MAX: Final = 10.0
DIALOGUES_MAX: Final = 1_000
CONTINUES, ENDS = "CON ", "END "
TROUBLE: Final = "…"


class Screen(msgspec.Struct, frozen=True):
    """What stands on a phone."""

    session_id: str
    text: str
    ends: bool

    def __repr__(self) -> str:
        return f"Screen(ends={self.ends})"


class Dialling:
    """The way to the USSD gateway of Tenure."""

    def __init__(self, host: str, port: int, secret: str, network: str) -> None:
        self._host, self._port, self._secret, self._network = host, port, secret, network
        self._typed: OrderedDict[str, tuple[str, str]] = OrderedDict()
        """By dialogue: the code that was dialled, and everything that was typed after it."""

    async def dial(self, msisdn: Msisdn, code: str) -> Screen:
        """Begin a dialogue."""
        session_id = secrets.token_hex(16)
        self._typed[session_id] = (code, "")
        if len(self._typed) > DIALOGUES_MAX:
            self._typed.popitem(last=False)
        return await self._asked(session_id, msisdn)

    async def answer(self, session_id: str, msisdn: Msisdn, said: str) -> Screen | None:
        """Go on with it; None when nothing is known of it."""
        found = self._typed.get(session_id)
        if found is None:
            return None
        code, text = found
        self._typed[session_id] = (code, f"{text}*{said}" if text else said)
        return await self._asked(session_id, msisdn)

    async def _asked(self, session_id: str, msisdn: Msisdn) -> Screen:
        code, text = self._typed[session_id]
        form = {
            "sessionId": session_id,
            "serviceCode": code,
            "phoneNumber": f"+{msisdn}",
            "networkCode": self._network,
            "text": text,
        }
        said = await asyncio.to_thread(self._posted, urlencode(form))
        ends = not said.startswith(CONTINUES)
        if ends:
            self._typed.pop(session_id, None)
        return Screen(session_id, said.removeprefix(CONTINUES).removeprefix(ENDS), ends)

    def _posted(self, body: str) -> str:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS_MAX)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"Bearer {self._secret}",
        }
        try:
            connection.request("POST", "/ussd", body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return TROUBLE
        finally:
            connection.close()
        return text if answer.status == http.HTTPStatus.OK else TROUBLE
