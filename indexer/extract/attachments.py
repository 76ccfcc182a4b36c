"""Attachments: forms, annexes and the texts of policies that hang on a page as files."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from analyzers.dates import date_in_path
from indexer.document import Document
from indexer.extract import doctype, effect, rules
from indexer.extract.bundle import unbundled
from indexer.extract.facts import signature_date
from indexer.extract.filenames import file_name
from indexer.extract.files import UNSUPPORTED, FileText, read_file
from indexer.extract.filetype import FileType
from indexer.extract.metadata import clean
from indexer.extract.model import Extraction, FetchedPage
from indexer.extract.number import own_number

_ANNEX: Final = re.compile(
    r"^[\s【\[(（]*附\s*(件|表|录|图)?\s*[\d一二三四五六七八九十]{0,3}\s*[】\])）]?\s*[:：.．、]\s*"
)
_ENDING: Final = re.compile(
    r"\.(docx?|xlsx?|pptx?|pdf|txt|csv|wps|et|dps|rtf|ofd|zip|rar|7z|tar|gz)$", re.IGNORECASE
)
_SIZE: Final = re.compile(
    r"\s*[\[(（【]\s*([\d.]+\s*(KB|MB|K|M|字节|Bytes)|PDF版?|WORD版?|EXCEL版?|DOCX?|XLSX?|TXT)"
    r"(格式|下载)?\s*[\])）】]\s*$",
    re.IGNORECASE,
)
_TELLING: Final = re.compile(r"[\u4e00-\u9fff]{2}|[A-Za-z]{4,}\s[A-Za-z]")
_MAX_TITLE: Final = 200
_FIRST_LINE: Final = 60


def read_attachment(page: FetchedPage, kind: FileType) -> Extraction:
    """The document a file is: always one, with as much of its text as can be read."""
    content, problem = _content(page, kind)
    title = title_of(page, content.text)
    path = unquote(urlsplit(page.url).path)
    lines = content.text.split("\n", 30)[:30]
    number = own_number("", title, lines)
    facts = doctype.Facts(
        path=path,
        column=page.parent_title or "",
        title=title,
        start=content.text[:200],
        number=number or "",
        filetype=kind.name,
    )
    found = doctype.document_type(facts)
    signed = signature_date(content.text.split("\n"))
    in_force = effect.in_force(content.text, signed)
    document = Document(
        url=page.url,
        title=title,
        text=content.text,
        site=page.site,
        # A file is a form or the text of a policy; news and notices are the pages around it.
        type=found if found in ("download", "policy") else "other",
        document_number=number,
        published=date_in_path(path),
        signed=signed,
        effective=in_force.effective,
        expires=in_force.expires,
        effect=effect.effect_of_title(title),
        filetype=kind.name,
        parent=page.parent,
    )
    document, parts = unbundled(document, pages=content.pages, outline=content.outline)
    return Extraction(document, problem=problem or None, parts=parts)


def title_of(page: FetchedPage, text: str = "") -> str:
    """The anchor's words, else the file's name, its page's title or its first line."""
    anchor = _plain(page.anchor)
    if anchor and not rules.pattern("title", "general_anchors").fullmatch(anchor):
        return anchor
    name = file_name(page.url, page.content_disposition)
    plain = _plain(name)
    if _TELLING.search(plain):
        return plain
    if page.parent_title and page.parent_title.strip():
        return f"{page.parent_title.strip()}（附件）"
    first = text.split("\n", 1)[0].replace("\t", " ")[:_FIRST_LINE]
    return first or plain or name or page.url


def _plain(text: str) -> str:
    """A title without 附件1：, size, format and file ending."""
    text = _SIZE.sub("", clean(text))
    return _ENDING.sub("", _ANNEX.sub("", text)).strip(" \t　“”\"'")[:_MAX_TITLE]


def _content(page: FetchedPage, kind: FileType) -> tuple[FileText, str]:
    content = read_file(page.body, kind.format, ocr=page.ocr)
    if content is None:
        return FileText("", UNSUPPORTED), f"{kind.name}: known by its name only"
    return content, f"{kind.name}: {content.remark}" if content.remark else ""
