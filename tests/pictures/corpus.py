"""A corpus of hostile pictures, made by code: what must load, and what must be refused.

`LOADED` is {name: (maker, pixels)}: `maker(path)` writes the file, `pixels` is the array
(H, W, 3) that it should give.
`REFUSED` is {name: (maker, words)}: a pattern that the message must contain.
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, features

H, W = 41, 53  # odd on purpose
LOSSY = r"\.jpg|jpeg|avif|^webp\.webp|lab|ycbcr"  # names of pictures that lose something


def quadrants():
    """Four colours, so that every turn and every exchange of channels shows."""
    picture = np.zeros((H, W, 3), np.float32)
    picture[:20, :26], picture[:20, 26:] = (1, 0, 0), (0, 1, 0)
    picture[20:, :26], picture[20:, 26:] = (0, 0, 1), (0.6, 0.4, 0.2)
    return picture


RGB = quadrants()
BYTES = np.round(RGB * 255).astype(np.uint8)
RAMP = np.linspace(0, 1, H * W, dtype=np.float32).reshape(H, W)
RAMP8, RAMP16 = np.round(RAMP * 255).astype(np.uint8), np.round(RAMP * 65535).astype(np.uint16)
HOLE = np.full((H, W), 255, np.uint8)
HOLE[:20] = 0  # alpha: the upper part is transparent
ON_WHITE = np.where(HOLE[..., None] == 0, 1, RGB)


def rgb(mode="RGB"):
    return Image.fromarray(BYTES).convert(mode)


def grey(values):
    return np.repeat(np.asarray(values, np.float32)[..., None], 3, axis=2)


def with_alpha(mode="RGBA"):
    picture = rgb(mode)
    picture.putalpha(Image.fromarray(HOLE))
    return picture


def saves(picture, kind=None, **options):
    """A maker that saves `picture`, which is made only then."""
    return lambda path: picture().save(path, kind, **options)


def writes(content):
    """A maker that writes bytes."""
    return lambda path: path.write_bytes(content)


def encoded(kind, picture=None, **options):
    """The bytes of a picture in the format `kind`."""
    stream = io.BytesIO()
    (picture or rgb()).save(stream, kind, **options)
    return stream.getvalue()


def chunk(name, content):
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png(width, height, depth, colour, rows, *extra):
    """A PNG put together by hand, for the kinds that Pillow does not write."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + pixels + chunk(b"IEND", b"")


def deep(values):
    """Rows of big-endian 16-bit values."""
    return [np.asarray(row).astype(">u2").tobytes() for row in values]


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()  # AVIF's writer would change the tags themselves


def icc(space):
    """An ICC profile, version 2, with linear light: b"RGB " or b"GRAY"."""

    def xyz(*values):
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    linear = b"curv" + struct.pack(">II", 0, 0)
    tags = {b"wtpt": xyz(0.9642, 1, 0.8249)}
    if space == b"GRAY":
        tags[b"kTRC"] = linear
    else:  # sRGB's primaries, adapted to D50
        tags |= {b"rXYZ": xyz(0.4361, 0.2225, 0.0139), b"gXYZ": xyz(0.3851, 0.7169, 0.0971)}
        tags |= {b"bXYZ": xyz(0.1431, 0.0606, 0.7141)}
        tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), linear)
    table, content, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(content), len(value))
        content += value + bytes(-len(value) % 4)
    size = start + len(content)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, b"mntr", space, b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + content


def srgb_of_linear(light):
    """Encoded sRGB values of linear light (IEC 61966-2-1)."""
    light = np.asarray(light)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def cut(kind, part=0.6, **options):
    """A maker of a picture whose end is missing; noise, so that its bytes are spread evenly."""
    noise = np.random.default_rng(0).integers(0, 256, (H, W, 3), np.uint8)
    content = encoded(kind, Image.fromarray(noise), **options)
    return writes(content[: int(part * len(content))])


def floats(values):
    return saves(lambda: Image.fromarray(np.broadcast_to(np.float32(values), (H, W)).copy()))


def palette_with(transparency):
    return saves(lambda: rgb().quantize(8), transparency=transparency)


def index_of_red():
    return rgb().quantize(8).getpixel((0, 0))


def frames(kind, **options):
    others = [Image.new("RGB", (W, H), colour) for colour in ("white", "black")]
    return saves(rgb, kind, save_all=True, append_images=others, duration=50, **options)


TURNED = {
    1: RGB,
    2: RGB[:, ::-1],
    3: RGB[::-1, ::-1],
    4: RGB[::-1],
    5: RGB.transpose(1, 0, 2),
    6: np.rot90(RGB, -1),
    7: np.rot90(RGB, 2).transpose(1, 0, 2),
    8: np.rot90(RGB),
}
NO_RED = ON_WHITE * 0 + np.where(RGB[..., :1] * (1 - RGB[..., 1:2]) > 0.9, 1, RGB)
LINEAR, ROUGH = icc(b"RGB "), {"quality": 95}

LOADED = {
    "png.png": (saves(rgb), RGB),
    "bmp.bmp": (saves(rgb), RGB),
    "gif.gif": (saves(rgb), RGB),
    "tiff.tiff": (saves(rgb), RGB),
    "tiff_lzw.tif": (saves(rgb, compression="tiff_lzw"), RGB),
    "tiff_deflate.tif": (saves(rgb, compression="tiff_adobe_deflate"), RGB),
    "tiff_packbits.tif": (saves(rgb, compression="packbits"), RGB),
    "tiff_jpeg.tif": (saves(rgb, compression="jpeg"), RGB),
    "webp_lossless.webp": (saves(rgb, lossless=True), RGB),
    "webp.webp": (saves(rgb, quality=95), RGB),
    "jpeg.jpg": (saves(rgb, quality=95), RGB),
    "progressive.jpg": (saves(rgb, quality=95, progressive=True), RGB),
    "full_colour.jpg": (saves(rgb, quality=95, subsampling=0), RGB),
    "png_named.jpg": (saves(rgb, "PNG"), RGB),
    "jpeg_named.png": (saves(rgb, "JPEG", **ROUGH), RGB),
    "capitals.PNG": (saves(rgb), RGB),
    "no_ending": (saves(rgb, "PNG"), RGB),
    "Bild mit Ümläuten 山 .png": (saves(rgb), RGB),
    "two\nlines.png": (saves(rgb), RGB),
    "one_bit.png": (saves(lambda: Image.fromarray(RAMP8 > 127)), grey(RAMP8 > 127)),
    "one_bit.tif": (saves(lambda: Image.fromarray(RAMP8 > 127)), grey(RAMP8 > 127)),
    "one_bit.bmp": (saves(lambda: Image.fromarray(RAMP8 > 127)), grey(RAMP8 > 127)),
    "grey.png": (saves(lambda: Image.fromarray(RAMP8)), grey(RAMP8 / 255)),
    "grey.jpg": (saves(lambda: Image.fromarray(RAMP8), **ROUGH), grey(RAMP8 / 255)),
    "grey.gif": (saves(lambda: Image.fromarray(RAMP8)), grey(RAMP8 / 255)),
    "grey_2_bit.png": (
        writes(png(W, H, 2, 0, [[0b00011011] * 14] * H)),
        grey(np.tile(np.resize([0, 1 / 3, 2 / 3, 1], W), (H, 1))),
    ),
    "grey_16.png": (saves(lambda: Image.fromarray(RAMP16)), grey(RAMP)),
    "grey_16.tif": (saves(lambda: Image.fromarray(RAMP16)), grey(RAMP)),
    "grey_16_big_endian.tif": (
        saves(lambda: Image.frombytes("I;16B", (W, H), RAMP16.astype(">u2").tobytes())),
        grey(RAMP),
    ),
    "grey_16_transparent.png": (
        writes(png(W, H, 16, 0, deep(RAMP16), chunk(b"tRNS", struct.pack(">H", RAMP16[0, 0])))),
        grey(np.where(RAMP16 == 0, 1, RAMP)),
    ),
    "grey_32.tif": (saves(lambda: Image.fromarray(RAMP16.astype(np.int32))), grey(RAMP)),
    "float.tif": (saves(lambda: Image.fromarray(RAMP)), grey(RAMP)),
    "colour_16.png": (
        writes(png(W, H, 16, 2, deep((RGB * 65535).round().reshape(H, -1)))),
        RGB,
    ),
    "colour_16_alpha.png": (
        writes(png(W, H, 16, 6, deep(np.dstack([RGB * 65535, HOLE * 257.0]).reshape(H, -1)))),
        ON_WHITE,
    ),
    "grey_16_alpha.png": (
        writes(png(W, H, 16, 4, deep(np.dstack([RAMP16, HOLE * 257.0]).reshape(H, -1)))),
        np.where(HOLE[..., None] == 0, 1, grey(RAMP)),
    ),
    "rgba.png": (saves(with_alpha), ON_WHITE),
    "rgba.webp": (saves(with_alpha, lossless=True), ON_WHITE),
    "rgba.tif": (saves(with_alpha), ON_WHITE),
    "half_transparent.png": (
        saves(lambda: Image.new("RGBA", (W, H), (255, 0, 0, 128))),
        np.broadcast_to(np.float32([1, 127 / 255, 127 / 255]), (H, W, 3)),
    ),
    "la.png": (
        saves(lambda: with_alpha("L")),
        grey(np.where(HOLE == 0, 1, RGB @ (0.299, 0.587, 0.114))),
    ),
    "palette.png": (saves(lambda: rgb().quantize(8)), RGB),
    "palette_transparent.png": (palette_with(index_of_red()), NO_RED),
    "palette_alphas.png": (
        palette_with(bytes(0 if i == index_of_red() else 255 for i in range(4))),
        NO_RED,
    ),
    "palette_transparent.gif": (palette_with(index_of_red()), NO_RED),
    "colour_key.png": (
        writes(png(W, H, 8, 2, BYTES.reshape(H, -1), chunk(b"tRNS", bytes([0, 255, 0, 0, 0, 0])))),
        NO_RED,
    ),
    "cmyk.jpg": (saves(lambda: rgb("CMYK"), **ROUGH), RGB),
    "cmyk.tif": (saves(lambda: rgb("CMYK")), RGB),
    "ycbcr.tif": (saves(lambda: rgb("YCbCr"), compression="tiff_lzw"), RGB),
    "lab.tif": (
        saves(
            lambda: ImageCms.profileToProfile(
                rgb(),
                ImageCms.createProfile("sRGB"),
                ImageCms.createProfile("LAB"),
                outputMode="LAB",
            )
        ),
        RGB,
    ),
    **{
        f"turned_{n}.jpg": (saves(rgb, exif=exif(n), quality=95), turned)
        for n, turned in TURNED.items()
    },
    "turned_6.png": (saves(rgb, exif=exif(6)), TURNED[6]),
    "turned_6.webp": (saves(rgb, exif=exif(6), lossless=True), TURNED[6]),
    "turned_6.tif": (saves(rgb, tiffinfo={0x0112: 6}), TURNED[6]),
    "turned_by_99.jpg": (saves(rgb, exif=exif(99), quality=95), RGB),
    "broken_exif.jpg": (saves(rgb, exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=95), RGB),
    "broken_exif.png": (saves(rgb, exif=b"Exif\0\0no exif at all"), RGB),
    "linear.png": (saves(rgb, icc_profile=LINEAR), srgb_of_linear(RGB)),
    "linear.jpg": (saves(rgb, icc_profile=LINEAR, quality=95), srgb_of_linear(RGB)),
    "linear.tif": (saves(rgb, icc_profile=LINEAR), srgb_of_linear(RGB)),
    "linear.webp": (saves(rgb, icc_profile=LINEAR, lossless=True), srgb_of_linear(RGB)),
    "linear_palette.png": (
        saves(lambda: rgb().quantize(8), icc_profile=LINEAR),
        srgb_of_linear(RGB),
    ),
    "linear_alpha.png": (saves(with_alpha, icc_profile=LINEAR), srgb_of_linear(ON_WHITE)),
    "linear_grey.png": (
        saves(lambda: Image.fromarray(RAMP8 // 2 + 64), icc_profile=icc(b"GRAY")),
        grey(srgb_of_linear((RAMP8 // 2 + 64) / 255)),
    ),
    "srgb_profile.png": (
        saves(rgb, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
        RGB,
    ),
    "broken_profile.png": (saves(rgb, icc_profile=b"no profile" * 20), RGB),
    "cut_profile.png": (saves(rgb, icc_profile=LINEAR[:200]), RGB),
    "profile_of_greys.png": (saves(rgb, icc_profile=icc(b"GRAY")), RGB),
    "broken_profile_cmyk.jpg": (saves(lambda: rgb("CMYK"), icc_profile=LINEAR, **ROUGH), RGB),
    "animated.gif": (frames("GIF"), RGB),
    "animated.png": (frames("PNG"), RGB),
    "animated.webp": (frames("WEBP", lossless=True), RGB),
    "pages.tif": (frames("TIFF"), RGB),
    "two_views.jpg": (frames("MPO", **ROUGH), RGB),
    "smallest.png": (saves(lambda: Image.new("RGB", (32, 32))), np.zeros((32, 32, 3))),
    "longest.png": (saves(lambda: Image.new("RGB", (640, 32))), np.zeros((32, 640, 3))),
    "tallest.png": (saves(lambda: Image.new("RGB", (33, 660))), np.zeros((660, 33, 3))),
}
if features.check("avif"):
    LOADED |= {
        "avif.avif": (saves(rgb, quality=95), RGB),
        "rgba.avif": (saves(with_alpha, quality=95), ON_WHITE),
        "turned_6.avif": (saves(rgb, exif=exif(6), quality=95), TURNED[6]),
        "animated.avif": (frames("AVIF", quality=95), RGB),
    }

BOX = struct.pack(">I4s4s", 24, b"ftyp", b"heic") + bytes(4) + b"mif1heic"
PHOTO = encoded("PNG")
REFUSED = {
    "missing.jpg": (lambda path: None, "there is no file"),
    "folder.jpg": (lambda path: path.mkdir(), "is a folder"),
    "empty.png": (lambda path: path.touch(), "is empty"),
    "one_byte.png": (writes(b"\x89"), "is not a picture"),
    "zeros.jpg": (writes(bytes(5000)), "is not a picture"),
    "text.jpg": (writes(b"this is no picture"), "is not a picture"),
    "page.jpg": (writes(b"<!doctype html><title>404</title>"), "is not a picture"),
    "drawing.svg": (writes(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "is not a picture"),
    "document.pdf": (saves(rgb, "PDF"), "is not a picture"),
    "postscript.eps": (saves(rgb, "EPS"), "is not a picture"),  # Pillow would run a program
    "postscript_named.png": (saves(rgb, "EPS"), "is not a picture"),
    "targa.tga": (saves(rgb, "TGA"), "is not a picture"),
    "icon.ico": (saves(rgb, "ICO"), "is not a picture"),
    "array.npy": (lambda path: np.save(path, RGB), "is not a picture"),
    "sound.webp": (writes(b"RIFF\x24\0\0\0WAVEfmt "), "is not a picture"),
    "phone.heic": (writes(BOX + bytes(400)), "HEIC picture"),
    "phone.jpg": (writes(BOX + bytes(400)), "HEIC picture"),
    "broken.avif": (writes(BOX.replace(b"heic", b"avif") + bytes(400)), "AVIF picture"),
    "half.jpg": (cut("JPEG"), "cannot be read"),
    "half_progressive.jpg": (cut("JPEG", progressive=True), "cannot be read"),
    "half.png": (cut("PNG"), "cannot be read"),
    "half.gif": (cut("GIF"), "cannot be read"),
    "half.bmp": (cut("BMP"), "cannot be read"),
    "half.tif": (cut("TIFF"), "cannot be read|is not a picture"),
    "half_lzw.tif": (cut("TIFF", compression="tiff_lzw"), "cannot be read|is not a picture"),
    "half.webp": (cut("WEBP"), "cannot be read|is not a picture"),
    "head.jpg": (cut("JPEG", 0.02), "is not a picture|cannot be read"),
    "head.png": (writes(PHOTO[:20]), "is not a picture|cannot be read"),
    "false_checksum.png": (
        writes(PHOTO.replace(b"IDAT", b"IDAT\1", 1)),
        "is not a picture|cannot be read",
    ),
    "no_pixels.png": (
        writes(PHOTO[:33] + chunk(b"IEND", b"")),
        "is not a picture|cannot be read",
    ),
    "text_bomb.png": (
        writes(png(W, H, 8, 2, [], chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(2**24))))),
        "cannot be read",
    ),
    "bomb.png": (writes(png(60000, 60000, 8, 2, [b""])), "million pixels"),
    "bomb_just_above.png": (writes(png(10000, 9000, 8, 0, [b""])), "million pixels"),
    "bomb.bmp": (
        writes(
            b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 30000, 30000, 1, 24, *[0] * 6)
        ),
        "million pixels",
    ),
    "bomb.gif": (
        writes(
            b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(3) + b",\0\0\0\0\xff\xff\xff\xff\0"
        ),
        "million pixels|is not a picture",
    ),
    "bomb.tif": (
        lambda path: path.write_bytes(
            encoded("TIFF")
            .replace(struct.pack("<HHIHH", 256, 4, 1, W, 0), struct.pack("<HHII", 256, 4, 1, 40000))
            .replace(struct.pack("<HHIHH", 257, 4, 1, H, 0), struct.pack("<HHII", 257, 4, 1, 40000))
        ),
        "million pixels",
    ),
    "dot.png": (saves(lambda: Image.new("RGB", (1, 1))), "at least 32"),
    "narrow.png": (saves(lambda: Image.new("RGB", (31, 100))), "at least 32"),
    "low.jpg": (saves(lambda: Image.new("RGB", (100, 31))), "at least 32"),
    "line.png": (saves(lambda: Image.new("RGB", (10000, 1))), "20 times the other"),
    "strip.png": (saves(lambda: Image.new("RGB", (33, 661))), "20 times the other"),
    "above_one.tif": (floats(255), r"in \[0, 1\]"),
    "below_zero.tif": (floats(-0.5), r"in \[0, 1\]"),
    "infinite.tif": (floats(np.inf), r"in \[0, 1\]"),
    "nan.tif": (floats(np.nan), "NaN"),
    "large_integers.tif": (
        saves(lambda: Image.fromarray(np.full((H, W), 70000, np.int32))),
        r"in \[0, 1\]",
    ),
}
NO_FILES = {  # what is no name of a file that exists, or no name at all
    "long": ("a" * 100_000, "there is no file"),
    "long_path": ("a/" * 50_000 + "b.png", "there is no file"),
    "null": ("a\0b.png", "there is no file"),
    "surrogate": ("a\ud800b.png", "there is no file"),
    "escaped_byte": ("a\udce9b.png", "there is no file"),
    "nothing": ("", "is a folder"),
    "terminal": ("\x1b[31mred\r\n.png", "there is no file"),
    "none": (None, "is a file's name, its bytes"),
    "number": (3, "is a file's name, its bytes"),
    "bytes": (b"picture.png", "is not a picture"),
}
NO_NAMES = {  # what no file can be called
    "long": "a" * 100_000 + ".png",
    "long_path": "a/" * 50_000 + "b.png",
    "null": "a\0b.png",
    "surrogate": "a\ud800b.png",
    "nothing": "",
    "no_ending": "picture",
    "no_folder": "nowhere/picture.png",
    "none": None,
    "bytes": b"picture.png",
}
