"""``qzsearch personal-data``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.config import load_settings
from personal import CENTRE, IDENTITY, MASKED_IDENTITY, MASKED_MOBILE, MOBILE, PORTAL, archive_pages
from running import qzsearch, write_config

SITES = {"portal": PORTAL.rstrip("/"), "service_center": CENTRE.rstrip("/")}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, SITES)


def test_pages_are_listed_with_what_was_masked(config: Path) -> None:
    archive_pages(load_settings(config).archive_path)
    told = qzsearch(config, "personal-data").stdout
    assert f"{PORTAL}list.html “公示<b>名单</b> [31m”" in told
    assert f"    identity {MASKED_IDENTITY} in text\n" in told
    assert f"    mobile {MASKED_MOBILE} in text, 2 times\n" in told
    assert f"    mobile {MASKED_MOBILE} in service.telephone\n" in told
    assert told.endswith("2 pages with personal data\n")
    assert "news.html" not in told
    assert MOBILE not in told
    assert IDENTITY not in told


def test_the_list_is_json_for_programs_and_of_one_site(config: Path) -> None:
    archive_pages(load_settings(config).archive_path)
    listed = json.loads(qzsearch(config, "personal-data", "--json").stdout)
    assert {page["url"] for page in listed} == {f"{PORTAL}list.html", f"{CENTRE}guide.html"}
    (page,) = json.loads(
        qzsearch(config, "personal-data", "--site", "service_center", "--json").stdout
    )
    assert page["findings"][0] == {
        "kind": "mobile",
        "shown": MASKED_MOBILE,
        "field": "title",
        "count": 1,
    }
    refused = qzsearch(config, "personal-data", "--site", "moon", expect=2)
    assert "takes one of portal, service_center" in refused.stderr


def test_nothing_found_is_said(config: Path) -> None:
    assert qzsearch(config, "personal-data").stdout == "0 pages with personal data\n"
    assert json.loads(qzsearch(config, "personal-data", "--json").stdout) == []
