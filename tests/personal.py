"""An archive with pages that show numbers of persons: invented, or nobody's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from indexer.archive import Archive
from indexer.archive.documents import Told
from indexer.document import Document
from indexer.personal_data import masked_document

PORTAL, CENTRE = "http://portal.example/", "http://centre.example/"
IDENTITY, MOBILE = "11010519491231002X", "13800138000"
EVIL_TITLE = "公示<b>名单</b>\x1b[31m"
PAGES = (
    Document(url=f"{PORTAL}list.html", title=EVIL_TITLE, text=f"甲 {IDENTITY} {MOBILE}，{MOBILE}"),
    Document(url=f"{PORTAL}news.html", title="新闻", text="电话0777-2823456"),
    Document(
        url=f"{CENTRE}guide.html", title=f"指南 {MOBILE}", service={"telephone": f"咨询{MOBILE}"}
    ),
)
MASKED_MOBILE = "138******00"
MASKED_IDENTITY = "110**************X"


def archive_pages(path: Path, *further: Document) -> None:
    """Store the pages as extraction does: masked, with what was found."""
    with closing(Archive(path)) as archive, archive.transaction():
        for document in (*PAGES, *further):
            site = "portal" if document.url.startswith(PORTAL) else "service_center"
            masked, findings = masked_document(document.with_(site=site))
            page = archive.ensure_page(document.url, site)
            archive.store_document(page, site, masked, 1, Told(findings=findings))


def many(count: int) -> list[Document]:
    """Further pages of the portal with a mobile number each."""
    return [
        Document(url=f"{PORTAL}{number}.html", title=f"第{number}号名单", text=f"电话{MOBILE}")
        for number in range(count)
    ]
