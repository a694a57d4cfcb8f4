"""The peer: pysiaalarm's asyncio receiver, as its documentation shows it. It keeps nothing on disk.

pysiaalarm_receiver.py ACCOUNTS KEY HANDLED   accounts and key apart by commas; HANDLED gets one byte for each event.
"""

import asyncio
import logging
import socket
import sys

from pysiaalarm import SIAAccount
from pysiaalarm.aio import SIAClient


async def main() -> None:
    plain, keyed, handled = sys.argv[1].split(","), sys.argv[2].split(","), sys.argv[3]
    logging.disable(logging.CRITICAL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    accounts = [SIAAccount(account) for account in plain]
    accounts += [SIAAccount(*pair.split("=")) for pair in keyed if pair]
    with open(handled, "ab", buffering=0) as file:

        async def handle(_event) -> None:
            file.write(b".")

        async with SIAClient("127.0.0.1", port, accounts, handle):
            print(f"127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()


asyncio.run(main())
