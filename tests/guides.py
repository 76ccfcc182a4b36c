"""Reads a service guide off a page that holds nothing else."""

from __future__ import annotations

from functools import partial
from typing import Any

from indexer.extract.addresses import absolute_url
from indexer.extract.dom import parse
from indexer.extract.service_guide import read_guide
from indexer.service import validate_service

URL = "http://www.example.gov.cn/bszn/gaj/1.html"
FILES = "http://www.example.gov.cn/bszn/gaj/"
LIMITS = {
    "legal_time_limit": {"text": "20个工作日", "days": 20, "unit": "working_day"},
    "promised_time_limit": {"text": "5个工作日", "days": 5, "unit": "working_day"},
}


def guide(content: str) -> dict[str, Any]:
    """The guide on a page with this content; always in the form that is checked."""
    tree = parse(f"<html><body><h1>取水许可</h1><div class=main>{content}</div></body></html>")
    lines = [line for line in tree.lines if not line.boilerplate]
    found = read_guide(tree, lines, partial(absolute_url, URL))
    assert validate_service(found) == found
    return found


def part(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some fields of a guide."""
    return {name: found.get(name) for name in names}
