"""A server process to be killed: asks on stdin, answers on stdout once their effect is committed.

The same lanes, operations and connections as behind the gateways; a frame is four octets of length
and a MessagePack array of a number and an ask or answer.
"""

import asyncio
import os
import struct
import sys
from functools import partial

import msgspec

from tenure.postgres.connection import connector
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack

LENGTH = struct.Struct("!I")
ASKED = msgspec.msgpack.Decoder(tuple[int, Ask])
ANSWERED = msgspec.msgpack.Decoder(tuple[int, Answer])
STDOUT = 1


def frame(number: int, content: Ask | Answer) -> bytes:
    """One frame."""
    body = msgspec.msgpack.encode((number, content))
    return LENGTH.pack(len(body)) + body


def reply(number: int, answer: Answer) -> None:
    """Hand an answer over; once written it is acknowledged, whatever happens to us then."""
    rest = memoryview(frame(number, answer))
    while rest:
        rest = rest[os.write(STDOUT, rest) :]


async def serve(dsn: str) -> None:
    """Answer until stdin ends."""
    book = tariffs.compile_book(pack.load("smart-kh"))

    lanes = charging.lanes(connector(dsn), book)
    lanes.start()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    reply(0, Answer(None))
    try:
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            number, ask = ASKED.decode(await reader.readexactly(length))
            lanes.submit(ask, partial(reply, number))
    except asyncio.IncompleteReadError:
        await lanes.stop()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
