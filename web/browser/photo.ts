// Photos for tests and pictures: scenes painted by the browser itself, as bytes of a JPEG.
import type { Page } from 'playwright-core';

/** A street with a hole in it, or mended. */
export async function paint(page: Page, isMended: boolean): Promise<Buffer> {
  const address = await page.evaluate((mended) => {
    const canvas = document.createElement('canvas');
    canvas.width = 1200;
    canvas.height = 900;
    const pen = canvas.getContext('2d')!;
    const sky = pen.createLinearGradient(0, 0, 0, 420);
    sky.addColorStop(0, '#8fb7d9');
    sky.addColorStop(1, '#e9eef0');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 1200, 420);
    ['#b88c6a', '#c9a27c', '#9c7b66', '#d3b491'].forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect(i * 310 - 20, 120 + (i % 2) * 50, 290, 330);
      pen.fillStyle = '#43525c';
      for (let window = 0; window < 3; window++) pen.fillRect(i * 310 + 20 + window * 80, 200 + (i % 2) * 40, 46, 70);
    });
    pen.fillStyle = '#a9a59c';
    pen.fillRect(0, 430, 1200, 60);
    const road = pen.createLinearGradient(0, 490, 0, 900);
    road.addColorStop(0, '#6d7073');
    road.addColorStop(1, '#4b4e52');
    pen.fillStyle = road;
    pen.fillRect(0, 490, 1200, 410);
    pen.fillStyle = '#e5e2d4';
    for (let i = 0; i < 5; i++) pen.fillRect(60 + i * 250, 560, 130, 14);
    pen.beginPath();
    pen.ellipse(620, 740, 240, 80, 0.05, 0, Math.PI * 2);
    pen.fillStyle = mended ? '#3c3f43' : '#1e1d1c';
    pen.fill();
    if (!mended) {
      pen.lineWidth = 16;
      pen.strokeStyle = '#8b8478';
      pen.stroke();
    }
    return canvas.toDataURL('image/jpeg', 0.85);
  }, isMended);
  return Buffer.from(address.split(',')[1]!, 'base64');
}
