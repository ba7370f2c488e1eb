"""Sends messages of several sizes over a WebSocket and compares what comes back.

usage: websocket_client.py URL CA-FILE
Prints the subprotocol, a line for each message, and the code of the close.
"""
import asyncio
import os
import ssl
import sys

import websockets


async def main(url, authority):
    context = ssl.create_default_context(cafile=authority) if url.startswith("wss:") else None
    async with websockets.connect(url, ssl=context, max_size=None, subprotocols=["chat", "echo"]) as socket:
        print(socket.subprotocol)
        for size in (0, 1, 125, 126, 65_536, 3_000_000):
            message = os.urandom(size)
            await socket.send(message)
            print(size, "same" if await socket.recv() == message else "other")
    print(socket.close_code)


asyncio.run(main(*sys.argv[1:]))
