"""What others take for the same pictures: a line in (name, sizes, file), a line out (milliseconds of CPU).

Pillow uses `draft`, libvips its shrinking on load; both on one thread. A first size of 0 leaves the original out.
"""

import io
import os
import sys
import time

os.environ["VIPS_CONCURRENCY"] = "1"
import pyvips  # noqa: E402  (reads the environment)
from PIL import Image, ImageOps  # noqa: E402

pyvips.cache_set_max(0)


def pillow(photo, sizes):
    picture = Image.open(io.BytesIO(photo))
    if not sizes[0]:
        picture.draft("RGB", (sizes[1], sizes[1]))
    picture = ImageOps.exif_transpose(picture)
    for size, quality in zip(sizes, (85, 80, 80)):
        if size:
            picture.thumbnail((size, size), Image.LANCZOS)
            picture.save(io.BytesIO(), "JPEG", quality=quality)


def libvips(photo, sizes):
    picture = None
    for size, quality in zip(sizes, (85, 80, 80)):
        if not size:
            continue
        if picture is None:
            picture = pyvips.Image.thumbnail_buffer(photo, size, height=size, size="down")
        else:
            picture = picture.thumbnail_image(size, height=size, size="down")
        picture = picture.copy_memory()
        picture.jpegsave_buffer(Q=quality, keep="none")


for line in sys.stdin:
    name, original, preview, thumbnail, path = line.split()
    with open(path, "rb") as file:
        photo = file.read()
    begun = time.process_time()
    {"Pillow": pillow, "libvips": libvips}[name](photo, [int(original), int(preview), int(thumbnail)])
    print((time.process_time() - begun) * 1000, flush=True)
