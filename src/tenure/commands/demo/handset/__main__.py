"""Runs the phones: orders come as one line of input, and the program ends when its input does."""

import asyncio
import sys
import time

import msgspec
import uvloop
from granian.constants import HTTPModes

from tenure.commands.demo.handset.centre import Centre
from tenure.commands.demo.handset.dialling import Dialling
from tenure.commands.demo.handset.drawer import Drawer
from tenure.commands.demo.handset.orders import Orders
from tenure.commands.demo.handset.page import application
from tenure.http import HttpServer
from tenure.values.instant import Instant


def _now() -> Instant:
    """The clock of the phones, whatever the clock of Tenure says."""
    return Instant(time.time_ns() // 1_000_000)


async def run(orders: Orders) -> None:
    """Serve until the input ends."""
    centre = Centre(Drawer(_now()), orders.system_id, orders.password, _now)
    dialling = Dialling(orders.host, orders.ussd_port, orders.ussd_secret, orders.operator)
    await centre.start(orders.host, orders.smpp_port)
    app = application(orders, centre, dialling)
    page = HttpServer(app, orders.host, orders.page_port, HTTPModes.auto)
    await page.start()
    sys.stdout.write("open\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.buffer.read)
    await page.stop()
    await centre.stop()


def main() -> None:
    """Read the orders and run."""
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    uvloop.run(run(orders))


if __name__ == "__main__":
    main()
