"""Files of formats that no library here writes, built byte by byte for the tests."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pypdfium2

FILES = Path(__file__).parent / "files"
SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def fixture(name: str) -> bytes:
    """A file of ``tests/files``."""
    return (FILES / name).read_bytes()


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB] version 3) with these streams below the root."""
    fat: list[int] = []
    sectors = bytearray()

    def put(data: bytes) -> int:
        first = len(fat)
        count = max(1, -(-len(data) // SECTOR))
        fat.extend(range(first + 1, first + count))
        fat.append(END)
        sectors.extend(data.ljust(count * SECTOR, b"\0"))
        return first

    places = {}
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")  # shorter ones would go to the mini stream
        places[name] = (put(data), len(data))
    entries = [_entry("Root Entry", 5, child=1)]
    for number, (name, place) in enumerate(places.items(), start=1):
        right = number + 1 if number < len(places) else FREE
        entries.append(_entry(name, 2, right=right, place=place))
    while len(entries) % 4:
        entries.append(_entry("", 0))
    directory = put(b"".join(entries))
    fat_at = len(fat)
    fat.append(FAT)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    assert len(table) == SECTOR, "one sector of FAT holds 64 KB"
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x3I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory)
    head += struct.pack("<6I", 0, 4096, END, 0, END, 0)
    head += struct.pack("<I", fat_at) + b"\xff" * 4 * 108
    return head + bytes(sectors) + table


def _entry(
    name: str, kind: int, *, right: int = FREE, child: int = FREE, place: tuple[int, int] = (0, 0)
) -> bytes:
    raw = (name + "\0").encode("utf-16-le") if name else b""
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    entry += struct.pack("<3I", FREE, right, child) + bytes(36)
    return entry + struct.pack("<2I4x", *(place if kind == 2 else (END, 0)))


def record(kind: int, data: bytes, *, version: int = 0, instance: int = 0) -> bytes:
    """A record of [MS-PPT]; containers have version 15."""
    return struct.pack("<2HI", instance << 4 | version, kind, len(data)) + data


def presentation(*, encrypted: bool = False) -> bytes:
    """A .ppt of two slides: title in the outline, a text box on the slide, a master."""

    def characters(text: str) -> bytes:
        return record(4000, text.encode("utf-16-le"))

    listed = record(1011, struct.pack("<5I", 2, 0, 0, 256, 0))
    listed += record(3999, bytes(4)) + characters("首问负责制\r第二段")
    listed += record(1011, struct.pack("<5I", 3, 0, 0, 257, 0))
    listed += record(3999, bytes(4)) + record(4008, b"Window 12")
    master = record(1016, characters("单击此处编辑母版标题样式"), version=15)
    document = record(1000, record(4080, listed, version=15), version=15)
    box = record(0xF00D, characters("一次告知所需材料"), version=15)
    first = record(1006, record(3998, struct.pack("<I", 0)) + box, version=15)
    second = record(1006, record(3998, struct.pack("<I", 0)), version=15)
    # The second slide stands first in the stream: the outline tells the order.
    parts = [document, second, first, master]
    offsets = [sum(map(len, parts[:number])) for number in range(4)]
    stream = b"".join(parts)
    directory = struct.pack("<4I", 3 << 20 | 1, offsets[0], offsets[2], offsets[1])
    directory_at = len(stream)
    stream += record(6002, directory)
    edit_at = len(stream)
    stream += record(4085, struct.pack("<I4B4I2H", 0, 0, 0, 0, 3, 0, directory_at, 1, 4, 0, 0))
    token = 0xF3D1C4DF if encrypted else 0xE391C05F
    user = record(4086, struct.pack("<3I2HI", 20, token, edit_at, 0, 0, 0))
    return compound({"Current User": user, "PowerPoint Document": stream})


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A zip file of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def gbk_zip(members: dict[str, bytes]) -> bytes:
    """A zip file as Chinese Windows writes it: names in GBK, and no word of it."""
    body = zipped({f"{number:08}": content for number, content in enumerate(members.values())})
    for number, name in enumerate(members):
        raw = name.encode("gb18030")
        assert len(raw) == 8, "of the length that the header says"
        body = body.replace(f"{number:08}".encode(), raw)
    return body


def locked_zip(members: dict[str, bytes | str]) -> bytes:
    """A zip file that says that its members are encrypted."""
    body = bytearray(zipped(members))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(sign)
        while at >= 0:
            body[at + offset] |= 1
            at = body.find(sign, at + 4)
    return bytes(body)


def rar(name: str, content: bytes) -> bytes:
    """A RAR 5 archive with one stored file (RARLAB's technical note, version 5.0)."""

    def number(value: int) -> bytes:
        digits = bytearray()
        while value > 127:
            digits.append(value & 127 | 128)
            value >>= 7
        return bytes([*digits, value])

    def block(data: bytes) -> bytes:
        sized = number(len(data)) + data
        return struct.pack("<I", zlib.crc32(sized)) + sized

    raw = name.encode()
    file = number(2) + number(2) + number(len(content))  # file header with a data area
    file += number(4) + number(len(content)) + number(0o100644)
    file += struct.pack("<I", zlib.crc32(content)) + number(0) + number(1)
    file += number(len(raw)) + raw
    main = number(1) + number(0) + number(0)
    end = number(5) + number(0) + number(0)
    return b"Rar!\x1a\x07\x01\x00" + block(main) + block(file) + content + block(end)


def ofd(pages: list[str], *, template: str = "", namespace: bool = True, slash: str = "/") -> bytes:
    """An OFD file: one TextObject a line of each page."""
    prefix, space = ("ofd:", ' xmlns:ofd="http://www.ofdspec.org/2016"') if namespace else ("", "")

    def element(name: str, inside: str, attributes: str = "") -> str:
        return f"<{prefix}{name}{attributes}>{inside}</{prefix}{name}>"

    def content(text: str, used: str = "") -> str:
        objects = "".join(
            element(
                "TextObject",
                element("TextCode", line, ' X="0" Y="4" DeltaX="g 3 4"'),
                f' Boundary="20 {10 + 8 * number} 150 6" Size="4"',
            )
            for number, line in enumerate(text.split("\n"))
        )
        return element("Page", used + element("Content", element("Layer", objects)), space)

    members: dict[str, bytes | str] = {}
    root = element("DocBody", element("DocRoot", f"Doc_0{slash}Document.xml"))
    members["OFD.xml"] = element("OFD", root, space)
    listed, common, used = "", "", ""
    if template:
        common = element("TemplatePage", "", ' ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"')
        used = element("Template", "", ' TemplateID="9"')
        members["Doc_0/Tpls/Tpl_0/Content.xml"] = content(template)
    for number, text in enumerate(pages):
        place = slash.join(("Pages", f"Page_{number}", "Content.xml"))
        listed += element("Page", "", f' ID="{number + 1}" BaseLoc="{place}"')
        members[f"Doc_0/Pages/Page_{number}/Content.xml"] = content(text, used)
    document = element("CommonData", common) + element("Pages", listed)
    members["Doc_0/Document.xml"] = element("Document", document, space)
    return zipped(members)


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % table


def scanned_pdf() -> bytes:
    """The first page of ``form.pdf`` as a picture, as a scanner gives it."""
    document = pypdfium2.PdfDocument(fixture("form.pdf"))
    bitmap = document[0].render(scale=200 / 72, grayscale=True)
    size = (bitmap.width, bitmap.height)
    rows = bytes(bitmap.buffer)
    dots = b"".join(rows[r * bitmap.stride :][: size[0]] for r in range(size[1]))
    bitmap.close()
    document.close()
    packed = zlib.compress(dots)
    picture = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray" % size
    picture += b"/BitsPerComponent 8/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    drawn = b"q 595 0 0 842 0 0 cm /I Do Q"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</XObject<</I 5 0 R>>>>>>",
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
            picture + packed + b"\nendstream",
        ]
    )
