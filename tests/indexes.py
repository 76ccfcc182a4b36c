"""Small indexes for tests: documents in a line, searches in a word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from analyzers.query import parse_query
from indexer.document import Document
from indexer.index.engine import IndexEntry, SearchEngine, SearchRequest, SearchResponse
from indexer.index.whoosh_engine import WhooshEngine


def document(name: str, title: str, text: str = "", **facts: Any) -> Document:
    """A document at ``http://a.example/NAME``."""
    return Document(url=f"http://a.example/{name}", title=title, text=text, **facts)


def entries(documents: Iterable[Document]) -> list[IndexEntry]:
    """As the archive hands them over, the digest being that of the document."""
    return [IndexEntry(one, digest=one.digest()) for one in documents]


def build(root: Path, *documents: Document) -> WhooshEngine:
    """An engine with a fresh index of the documents."""
    engine = WhooshEngine(root)
    engine.rebuild(entries(documents))
    return engine


def ask(engine: SearchEngine, text: str, **options: Any) -> SearchResponse:
    """Search for what a person typed; options as of SearchRequest."""
    query = parse_query(text, exact=options.get("exact", False))
    return engine.search(SearchRequest(query, **options))


def names(response: SearchResponse) -> list[str]:
    """The names of the results in order."""
    return [hit.document.url.rsplit("/", 1)[1] for hit in response.hits]


GUIDES = [
    document(
        "licence",
        "个体工商户营业执照办理",
        "办理营业执照需要身份证。",
        site="center",
        type="service",
        column="办事指南",
        keywords=("营业执照", "开店"),
    ),
    document("fund", "公积金提取", "职工购房提取公积金。", site="center", type="service"),
    document(
        "form",
        "公积金提取申请表",
        "姓名 公积金账号",
        site="center",
        type="download",
        filetype="doc",
        published=date(2009, 5, 1),
    ),
]
NEWS = [
    document(
        "bank",
        "中国农业发展银行在钦州设立分行",
        "农业发展银行支持粮食收购。",
        site="portal",
        type="news",
        column="要闻",
        published=date(2009, 12, 3),
    ),
    document(
        "report",
        "2009年钦州市公积金管理工作报告",
        "今年公积金归集总额增长，职工提取公积金购房。报告全文如下。",
        site="portal",
        type="news",
        published=date(2010, 1, 15),
    ),
    document(
        "notice",
        "关于印发钦州市住房公积金管理办法的通知",
        "各县区：现印发办法，请遵照执行。公积金提取按本办法办理。",
        site="portal",
        type="policy",
        document_number="钦政发〔2009〕12号",
        published=date(2009, 6, 30),
    ),
    document(
        "cites",
        "钦政发〔2009〕12号文件解读",
        "钦政发〔2009〕12号、钦政发〔2009〕12号、钦政发〔2009〕12号是重要文件。",
        site="portal",
        type="interpretation",
    ),
    document("water", "停水通知", "明日停水。", site="portal", type="announcement"),
]
