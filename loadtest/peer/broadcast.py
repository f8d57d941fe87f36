"""A yardstick of the push benchmark: a FastAPI application that sends a text to all its WebSocket clients.

Says where it listens; obeys `sockets` and `write <times> <text>` on its standard input.
"""

import asyncio
import socket
import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

LINE_MOST = 1024 * 1024

app = FastAPI()
clients = set()


@app.websocket("/")
async def follow(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        while True:
            await client.receive_text()
    except WebSocketDisconnect:
        clients.discard(client)


async def write(times, text):
    for _ in range(times):
        for client in list(clients):
            await client.send_text(text)


async def obey():
    lines = asyncio.StreamReader(limit=LINE_MOST)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        words = line.decode().rstrip("\n").split(" ", 2)
        if words[0] == "sockets":
            print(len(clients), flush=True)
        else:
            await write(int(words[1]), words[2])
            print("done", flush=True)


async def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print("{}:{}".format(*listener.getsockname()), flush=True)
    config = uvicorn.Config(app, log_level="warning", ws_ping_interval=None, backlog=4096)
    await asyncio.gather(uvicorn.Server(config).serve(sockets=[listener]), obey())


asyncio.run(main())
