"""Text, tables in text, and pages and XML that are saved as Word and Excel files."""

from __future__ import annotations

import csv
import email
import io
from email import policy

from indexer.extract.charset import decode
from indexer.extract.files import xml_stream
from indexer.extract.files.limits import limit
from indexer.extract.files.output import Output


def read_txt(body: bytes, output: Output) -> None:
    """The lines of a text, in whatever charset."""
    for line in decode(_start(body, "text_bytes", output)).text.splitlines():
        output.line(line)


def read_csv(body: bytes, output: Output) -> None:
    """The rows of a table, cells joined by tabs (RFC 4180; commas, semicolons or tabs)."""
    text = decode(_start(body, "text_bytes", output)).text.replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(limit("text_bytes"))
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        output.line("\t".join(filter(None, (" ".join(cell.split()) for cell in row))))


def _start(body: bytes, name: str, output: Output) -> bytes:
    """So much of the bytes as is read, up to the end of a line."""
    most = limit(name)
    if len(body) <= most:
        return body
    output.remark = f"read to {most // 1_000_000} MB"
    cut = body.rfind(b"\n", 0, most) + 1
    return body[: cut or most]


def read_html(body: bytes, output: Output) -> None:
    """A page saved as a Word or Excel file, which old systems send as a download."""
    from indexer.extract.dom import parse

    for line in parse(decode(_start(body, "page_bytes", output)).text).lines:
        output.line(line.text)


def read_mhtml(body: bytes, output: Output) -> None:
    """The page in a "single file web page" (RFC 2557), which Word saves under .doc."""
    message = email.message_from_bytes(body, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                read_html(content, output)
                return


def read_office_xml(body: bytes, output: Output) -> None:
    """Word 2003 XML and XML Spreadsheet 2003, in one file without a container."""
    for line in xml_stream.paragraphs(io.BytesIO(body)):
        output.line(line)
