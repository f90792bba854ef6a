"""Bodies that are not JSON, so that schemathesis sends pictures and tables as well as noise."""

import base64
import struct
import zlib

import schemathesis
from hypothesis import strategies as st


def png(width: int, height: int, grey: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# One pixel each.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb"
    "qmx5moq6T/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVf/Z"
)
WEBP = base64.b64decode("UklGRjQAAABXRUJQVlA4ICgAAACQAQCdASoBAAEABABoJaACdLoAA5gA/u0HLrvFpRr/5Kf4u+83doAA")

schemathesis.openapi.media_type("image/png", st.builds(png, st.integers(1, 300), st.integers(1, 300), st.integers(0, 255)))
schemathesis.openapi.media_type("image/jpeg", st.just(JPEG))
schemathesis.openapi.media_type("image/webp", st.just(WEBP))

WORD = st.text("abcdefghijklmnopqrstuvwxyz保温杯", min_size=1, max_size=8)
ROW = st.tuples(WORD, WORD).map("\t".join)
schemathesis.openapi.media_type(
    "text/tab-separated-values",
    st.lists(ROW, max_size=4).map(lambda rows: "\n".join(["zh\tes", *rows]).encode()),
)
SKU = st.text("ABCDEFGHXYZ-0123456789", min_size=1, max_size=12)
CSV = "sku,name.zh,price,moq,lead_time\n{},{},{} USD,500 piece,7 day\n"
schemathesis.openapi.media_type(
    "text/csv",
    st.builds(lambda sku, name, price: CSV.format(sku, name, price).encode(), SKU, WORD, st.integers(1, 9_999)),
)
