"""Traits: attachments beside pages, and the ways in which they are served."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from simulated.server import Answer, HeaderValue
from simulated.trait import Portal, Trait

_FORMS = resources.files("indexer.sample_sites").joinpath("service_center/forms")


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [attachments(portal)]


def attachments(portal: Portal) -> Trait:
    """Office files, PDF and text, with right, wrong and no types, under names of scripts."""
    trait = Trait(portal, "attachments")
    octets = "application/octet-stream"
    named = ("Content-Disposition", "attachment; filename*=UTF-8''%E8%A1%A8.docx")
    files: dict[str, tuple[str, list[tuple[str, HeaderValue]]]] = {
        "P020240305.docx": ("gjj-tqsqb.docx", [("Content-Type", octets)]),
        "P020240306.xlsx": ("gjj-hjqc.xlsx", [("Content-Type", "application/vnd.ms-excel")]),
        "P020240307.pdf": ("crj-sqb.pdf", [("Content-Type", "application/pdf")]),
        "downfile.jsp?filename=9": ("bdc-sqs.docx", [("Content-Type", octets), named]),
        "open.aspx?file=10": ("mz-dbsq.pdf", [("Content-Type", "text/html")]),
    }
    links = "".join(f'<a href="{path}">附件：{path[-4:]}申请表</a>' for path in files)
    trait.article("index.html", links=links)
    for path, (name, headers) in files.items():
        url = trait.live(path, Answer(200, headers, _FORMS.joinpath(name).read_bytes()))
        trait.expected.documents.add(url)
    text = "填表说明：请用黑色墨水笔填写，不得涂改。".encode("gb18030")
    url = trait.live("t.txt", Answer(200, [("Content-Type", "text/plain")], text))
    trait.expected.documents.add(url)
    portal.entries.append((url, "填表说明"))
    trait.enter("index.html")
    return trait
