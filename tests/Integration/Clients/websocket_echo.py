"""Echoes the messages of WebSockets, until its standard input ends.

usage: websocket_echo.py PAGE
Prints the port it listens on. Other requests than those for a WebSocket get the page, a file.
"""
import asyncio
import http
import sys

import websockets


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def give_page(path, fields):
    if fields.get("Upgrade") is not None:
        return None
    with open(sys.argv[1], "rb") as page:
        return http.HTTPStatus.OK, [("Content-Type", "text/html"), ("Cache-Control", "no-store")], page.read()


async def main():
    serving = websockets.serve(
        echo, "127.0.0.1", 0, max_size=None, subprotocols=["echo"], process_request=give_page)
    async with serving as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
