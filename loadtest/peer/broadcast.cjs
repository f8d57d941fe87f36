// A yardstick of the push benchmark: a WebSocket server with `ws` that sends a text to all its clients.
// Says where it listens; obeys `sockets` and `write <times> <text>` on its standard input.

const { createInterface } = require("node:readline");
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 4096 });
server.on("listening", () => {
  const { address, port } = server.address();
  console.log(`${address}:${port}`);
});

function write(times, text) {
  // Encoded once, for all of them.
  const bytes = Buffer.from(text);
  for (let turn = 0; turn < times; turn += 1) {
    for (const client of server.clients) client.send(bytes, { binary: false });
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "sockets") {
    console.log(server.clients.size);
    return;
  }
  const [, times, text] = line.match(/^write (\d+) (.*)$/);
  write(Number(times), text);
  console.log("done");
});
