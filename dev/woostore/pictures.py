"""Small real pictures, one for each name, and what kind of picture some bytes are."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import PurePosixPath

SIDE = 4  # squares of 8 by 8 pixels in a row
#: What WooCommerce takes (wc_rest_allowed_image_mime_types()), and the ending of each.
ENDINGS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
}
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)


def kind_of(content: bytes) -> str:
    """The MIME type of a picture by its first bytes, '' for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] == b"ftypavif":
        return "image/avif"
    return next((kind for start, kind in _BEGINNINGS if content.startswith(start)), "")


def kind_by_name(name: str) -> str:
    return ENDINGS.get(PurePosixPath(name).suffix.lower(), "")


def picture(name: str) -> bytes:
    """Always the same picture for a name, and another one for every other: 32 by 32 pixels."""
    colours = hashlib.sha384(name.encode()).digest()
    return _jpeg(colours) if kind_by_name(name) == "image/jpeg" else _png(colours)


# --- PNG ---------------------------------------------------------------------------------------


def _png(colours: bytes) -> bytes:
    rows = [colours[start : start + 3 * SIDE] for start in range(0, 3 * SIDE * SIDE, 3 * SIDE)]
    lines = [b"\0" + b"".join(row[i : i + 3] * 8 for i in range(0, 3 * SIDE, 3)) for row in rows]
    header = struct.pack(">IIBBBBB", SIDE * 8, SIDE * 8, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(line * 8 for line in lines))
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


# --- JPEG: squares of one colour need the first coefficient of each block only ------------------


def _jpeg(colours: bytes) -> bytes:
    """Baseline JPEG; ``colours`` are luminance and chrominance of each square."""
    frame = struct.pack(">BHHB", 8, SIDE * 8, SIDE * 8, 3)
    frame += b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    levels = bytes((0, 0, 0, 12)) + bytes(12) + bytes(range(12))  # twelve codes of four bits
    ends = bytes((1,)) + bytes(15) + bytes(1)  # one code of one bit: "the rest is 0"
    scan = bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, bytes(1) + bytes((8,)) * 64),
            _segment(0xC0, frame),
            _segment(0xC4, bytes((0x00,)) + levels),
            _segment(0xC4, bytes((0x10,)) + ends),
            _segment(0xDA, scan),
            _coded(colours),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _coded(colours: bytes) -> bytes:
    bits, before = "", [128, 128, 128]
    for index, level in enumerate(colours):
        difference = level - before[index % 3]
        before[index % 3] = level
        size = abs(difference).bit_length()
        bits += f"{size:04b}"
        if size:
            bits += f"{difference if difference > 0 else difference + 2**size - 1:0{size}b}"
        bits += "0"
    bits += "1" * (-len(bits) % 8)
    packed = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return packed.replace(b"\xff", b"\xff\0")
