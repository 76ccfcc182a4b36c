"""No bytes make extraction fail, stall or depend on anything but its input."""

from __future__ import annotations

import pickle
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract_pages import new_page, old_page, read
from indexer.document import Document
from indexer.extract import EXTRACTION_VERSION, Extraction, FetchedPage, extract, rules
from indexer.extract.charset import decode
from indexer.extract.dom import MAX_ELEMENTS, MAX_SOURCE, parse
from indexer.extract.model import ERROR, KINDS

RULES = Path(rules.__file__).parent / "rules"
PIECES = (
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<p>", "</p>", "<h1>", "<title>", "</title>"),
    *('<div class="tab-pane" style="display:none">', '<a href="x.html">', "</a>", "<font size=5>"),
    *("<script>", "</script>", "<!--", "-->", '<meta name="PubDate" content="', '2009-12-03">'),
    *("<ul>", "<li>", "<dl>", "<dt>", "<dd>", "申请材料", "办理流程", "收费标准", "办理地点"),
    *("索引号：", "发文字号：", "发布日期：", "钦政发〔2009〕12号", "发布时间：", "来源：", "首页"),
    *("<script>var countPage=5;", "createPageHTML(3,0,'index','html');", "<datastore>", "]]>"),
    *("<record><![CDATA[", "</record></datastore>", '<p onclick="location=', "'a.html?x=钦州'\">"),
    *("<frame src=a>", "<div id=app>", "<meta name=robots content=none>", "<urlset><url><loc>"),
    *(
        '{"url":',
        "alert('页面不存在')",
        "<meta http-equiv=refresh content='0;url=/'>",
        "totalRecord:9",
    ),
    *(">", "&lt;", "&#0;", "\x00", "。", "，", "\n", "\t"),
)
MARKUP = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def attempt(
    body: bytes, url: str = "http://www.example.gov.cn/a.html", kind: str = ""
) -> Extraction:
    found = extract(FetchedPage(url, body, "s", kind or None))
    if found.document is not None:
        assert found.document.title.strip()
        assert Document.from_record(found.document.to_record()) == found.document
        found.document.digest()
    assert not (found.problem or "").startswith("not read")
    assert found.kind in KINDS
    assert not (found.kind == ERROR and (found.links or found.document))
    return found


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(body: bytes) -> None:
    attempt(body)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MARKUP)
def test_any_markup(markup: str) -> None:
    attempt(markup.encode("gb18030"))


@settings(deadline=None)
@given(
    st.sampled_from(["a.doc", "a.docx", "a.xlsx", "a.pdf", "a.txt", "a.csv", "a.wps"]),
    st.sampled_from([b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]),
    st.binary(max_size=300),
)
def test_any_file(name: str, signature: bytes, rest: bytes) -> None:
    attempt(signature + rest, f"http://www.example.gov.cn/{name}")


@pytest.mark.parametrize("url", ["http://[", "", "http://h/%zz?%ff=1", "http://h/" + "a" * 9000])
def test_any_url(url: str) -> None:
    assert isinstance(extract(FetchedPage(url, old_page().encode(), "s")), Extraction)


HOSTILE = {
    "deep blocks": "<div>" * 50_000 + "正文。",
    "deep tables": "<table><tr><td>" * 20_000 + "正文。",
    "deep fonts": "<font size=5>" * 10_000 + "正文。",
    "deep and closed": "<b>" * 200_000 + "正文。" + "</b>" * 200_000,
    "very deep blocks": "<div>" * 200_000 + "正文。",
    "very deep tables": "<table><tr><td>" * 200_000 + "正文。",
    "one long row": "<table><tr>" + "<td>甲" * 150_000,
    "entities": "<p>" + "&amp;&#20320;&nbsp;&lt;&bogus;&#xffffffff;" * 40_000,
    "long attributes": "<div class='"
    + "a " * 1_000_000
    + "' style='"
    + "display:" * 300_000
    + "'>甲",
    "many attributes": "<div " + " ".join(f"a{i}=1" for i in range(200_000)) + ">甲</div>",
    "half tags": "<a <b <c " * 200_000,
    "lost characters": "\ufffd?锟斤拷烫烫烫" * 100_000,
    "garbled": "鐨勭殑" * 300_000,
    "western": "ÇÕÖÝÊÐ" * 200_000,
    "spaces": "<p>甲\n" + " " * 500_000 + "乙",
    "dots": "<a href=x>" + "." * 500_000 + "x</a><title>" + "." * 100_000 + "x</title>",
    "open scripts": "<script " * 8_000,
    "open tags": '<meta name="a ' * 5_000,
    "tool words": "<p>" + "打印关闭" * 40 + "甲</p>" * 200,
    "class name": '<div class="' + "tab-" * 50_000 + '!" style="display:none">',
    "angle brackets": "<" * 200_000,
    "dates": "<p>" + "2009-12-03 " * 50_000,
    "labels": "<tr><td>申请材料</td><td>甲</td>" * 3_000,
    "breadcrumbs": ("<p>当前位置：" + ">-" * 140) * 100,
    "scripts": "<script>var countPage = 9;" + "function a(b){location" * 5_000 + "'_'+" * 20_000,
    "quotes": '<a onclick="'
    + "location='" * 20_000
    + '">甲</a><script>totalRecord'
    + "\"'" * 90_000,
    "naming": "<script>pageCount=9;" + "a" * 200_000 + "_'+" + "=' + " * 50_000,
    "list calls": "<script>" + "createPageHTML(9,0,'index','html');" * 5_000,
    "spaces in calls": "<script>createPageHTML" + " " * 300_000 + "location" + " " * 300_000,
    "clicks": "<div onclick=\"go('/a.html')\">" * 20_000 + "正文。",
    "anchors": "<a href=/a.html><div>" * 20_000 + "正文。",
    "menus": "<select onchange='location=this.value'><option value=/a/>" * 5_000,
    "records": "<datastore>" + "<record><![CDATA[" * 20_000,
    "datastores": "<script><datastore>" * 20_000 + "</datastore>",
    "gkmlpt": "<script>/gkmlpt/api/all sid:1," + "cat:1," * 30_000,
    "redirects": "<script>" + "location='/" * 30_000,
    "nothing but data": '{"a":' * 20_000,
    "data": '[{"url":"/a","title":"b"},' * 20_000,
    "data of markup": '{"a":"' + "<a " * 50_000 + '"}',
    "xml": "<?xml" + " " * 300_000 + "?><urlset>" + " " * 300_000,
    "elements": "<urlset>" + "<url><loc>" * 50_000,
    "declarations": "<!-- " * 20_000 + "<urlset>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_do_not_stall_it(name: str) -> None:
    began = time.process_time()
    attempt(HOSTILE[name].encode())
    assert time.process_time() - began < 5


HUGE = {
    "table": b"<table>" + b"<tr><td>\xe9\x92\xa6\xe5\xb7\x9e</td><td>12.5</td></tr>" * 2_500_000,
    "elements": b"<br>" * 10_000_000,
    "text": b"<p>" + "钦州市，".encode("gb18030") * 5_000_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_of_a_huge_page_the_beginning_is_read_and_the_rest_told(name: str) -> None:
    began = time.process_time()
    tree = parse(decode(HUGE[name]).text)
    assert time.process_time() - began < 10
    assert tree.remark.startswith("cut: only ")
    assert len(tree.elements) <= MAX_ELEMENTS
    assert sum(len(line.text) for line in tree.lines) <= MAX_SOURCE


def test_images_within_the_markup_do_not_use_up_what_is_read() -> None:
    image = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 400_000}">'
    tree = parse(f"<p>前</p>{image}<p>后</p>")
    assert [line.text for line in tree.lines] == ["前", "后"]
    assert not tree.remark


@pytest.mark.parametrize(
    ("tag", "depth"),
    [
        *(("div", 10_000), ("div", 200_000), ("span", 200_000), ("font", 200_000)),
        *(("blockquote", 200_000), ("ul><li", 100_000), ("table><tr><td", 10_000)),
    ],
)
def test_text_behind_tags_nested_beyond_reason_is_read(tag: str, depth: int) -> None:
    tree = parse(f"<{tag}>" * depth + "<p>正文。</p>")
    assert [line.text for line in tree.lines] == ["正文。"]
    assert tree.remark.startswith("markup nested beyond reason")


def test_extraction_is_a_pure_function_that_can_be_sent_to_a_process() -> None:
    for html in (old_page(), new_page()):
        page = FetchedPage("http://www.example.gov.cn/a/1.html", html.encode(), "portal")
        sent = pickle.loads(pickle.dumps(page))  # noqa: S301  our own bytes
        once, again = extract(page), extract(sent)
        assert once == again == pickle.loads(pickle.dumps(once))  # noqa: S301
        assert once.document is not None


def test_pages_are_read_fast_enough_for_a_rebuild() -> None:
    page = old_page()
    read(page)
    began = time.process_time()
    for _ in range(50):
        read(page)
    assert 50 / (time.process_time() - began) > 40


def test_the_version_is_a_number_to_be_raised() -> None:
    assert isinstance(EXTRACTION_VERSION, int)
    assert EXTRACTION_VERSION >= 1


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_rule_has_a_reason_and_can_be_used(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in data.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            assert all(str(entry.get("why", "")).strip() for entry in value), key
            for entry in value:
                re.compile(str(entry.get("match", "")))


def test_a_rule_without_a_reason_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.yaml").write_text("one:\n  - {match: a}\ntwo:\n  - {match: '(', why: x}\n")
    monkeypatch.setattr(rules, "_FOLDER", tmp_path)
    with pytest.raises(rules.RuleError, match=r"bad\.yaml: one\[0\]: takes match and why"):
        rules.pattern("bad", "one")
    with pytest.raises(rules.RuleError, match=r"bad\.yaml: two"):
        rules.pattern("bad", "two")
