// What sharp takes for the same pictures: as peers.py, a line in, milliseconds of CPU out, on one thread.
"use strict";

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const sharp = require("sharp");

sharp.concurrency(1);
sharp.cache(false);

// The first size is made of the photo, each further one of the size before it, unpacked.
async function pictures(photo, sizes) {
  let from = sharp(photo).rotate();
  for (const [at, size] of sizes.entries()) {
    if (!size) continue;
    from = from.resize(size, size, { fit: "inside", withoutEnlargement: true });
    const { data, info } = await from.raw().toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    await sharp(data, { raw }).jpeg({ quality: [85, 80, 80][at] }).toBuffer();
    from = sharp(data, { raw });
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [, original, preview, thumbnail, path] = line.split(" ");
    const photo = readFileSync(path);
    const before = process.cpuUsage();
    await pictures(photo, [original, preview, thumbnail].map(Number));
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);
  }
}

main();
