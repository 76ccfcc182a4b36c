"""The sample service centre holds what the demo and other tests rely on."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import docx
import httpx
import openpyxl
import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from indexer.sample_sites import service_center
from indexer.sample_sites.make_forms import FormError, make_forms
from indexer.sample_sites.resource import Pages
from indexer.sample_sites.server import SampleSite, SampleSites
from indexer.sample_sites.service_center_content import HOME, Content, Guide, load

FIELDS = """
事项名称 事项编码 事项类型 实施主体 服务对象 设定依据 受理条件 申请材料 办理流程
法定办结时限 承诺办结时限 收费标准 办理地点 办理时间 咨询电话 监督投诉电话 在线办理 办理结果
到现场次数 常见问题
"""
ASKED_FOR = """
营业执照 居民身份证首次申领 居民身份证到期换领 居民身份证遗失补领 出生登记 居住证 护照
港澳通行证 驾驶证 机动车注册登记 社会保障卡 灵活就业 失业保险金 养老保险待遇
城乡居民基本医疗保险参保 异地就医备案 生育登记 住房公积金个人住房贷款 住房公积金账户信息查询
公租房 不动产首次登记 不动产转移登记 不动产抵押权登记 最低生活保障 特困人员
困难残疾人生活补贴 老年人优待证 结婚登记 离婚登记 收养登记 食品经营许可证 药品经营许可
特种设备使用登记 道路运输证 林木采伐许可证 渔业船舶登记 海域使用权 开办幼儿园 教师资格认定
医师执业注册 护士执业注册 公共场所卫生许可 建设工程规划许可 施工许可 危险化学品经营许可
烟花爆竹 出版物经营许可 旅行社设立 文艺演出 农药经营许可 兽药经营许可 种子生产经营许可
动物防疫条件 取水许可 排污许可 独生子女父母奖励 退役士兵
"""
OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
MAGIC = {"doc": OLE2, "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "pdf": b"%PDF-"}


@pytest.fixture(scope="module")
def pages() -> Pages:
    return service_center.build()


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


@pytest.fixture(scope="module")
def site(pages: Pages) -> Iterator[SampleSite]:
    with SampleSites({"service_center": pages}) as sites:
        yield sites["service_center"]


def squeezed(text: str) -> str:
    return "".join(text.split())


def read_fields(soup: BeautifulSoup, layout: str) -> dict[str, str]:
    """The fields as a reader sees them, by label, in any of the four layouts."""
    if layout == "headings":
        found = {}
        for heading in soup.select(".guide-part h3"):
            label = heading.get_text(strip=True).partition("、")[2]
            parts = []
            for sibling in heading.find_next_siblings():
                if isinstance(sibling, Tag) and sibling.name == "h3":
                    break
                parts.append(sibling.get_text())
            found[label] = "".join(parts)
        return found
    labels, values = {
        "table": ("td.label", "td.label + td"),
        "dl": ("dl.guide > dt", "dl.guide > dd"),
        "tabs": (".tab-label", ".tab-value"),
    }[layout]
    names = [squeezed(node.get_text()).rstrip("：") for node in soup.select(labels)]
    return dict(zip(names, [node.get_text() for node in soup.select(values)], strict=True))


def page_of(pages: Pages, path: str) -> BeautifulSoup:
    return BeautifulSoup(pages[path].body.decode("utf-8"), "lxml")


def test_it_has_the_bodies_and_guides_a_city_centre_has(content: Content) -> None:
    assert len([body for body in content.bodies.values() if body.guides]) >= 14
    assert len(content.guides) >= 64
    for values in ("title", "path", "full_code"):
        found = [getattr(guide, values) for guide in content.guides]
        assert len(set(found)) == len(found), values
    assert {body.layout for body in content.bodies.values()} == {"table", "dl", "headings", "tabs"}


@pytest.mark.parametrize("item", ASKED_FOR.split())
def test_what_citizens_ask_for_has_a_guide(content: Content, item: str) -> None:
    assert any(item in guide.title for guide in content.guides)


def test_every_guide_shows_every_field(content: Content, pages: Pages) -> None:
    for guide in content.guides:
        soup = page_of(pages, guide.path)
        assert [h1.get_text() for h1 in soup.select("h1")] == [guide.title]
        fields = read_fields(soup, guide.body.layout)
        assert set(fields) == set(FIELDS.split()), guide.path
        assert all(squeezed(value) for value in fields.values()), guide.path
        for name, shown in expected_values(guide).items():
            assert squeezed(shown) in squeezed(fields[name]), (guide.path, name)


def expected_values(guide: Guide) -> dict[str, str]:
    """For each kind of field one value that its page has to show."""
    return {
        "事项名称": guide.title,
        "实施主体": guide.body.name,
        "设定依据": guide.basis[-1],
        "受理条件": guide.conditions[-1],
        "申请材料": guide.materials[-1].name,
        "办理流程": guide.steps[-1],
        "承诺办结时限": guide.promised,
        "收费标准": guide.fee,
        "常见问题": guide.faq[-1][1],
    }


def test_guides_differ_in_substance(content: Content) -> None:
    for values in ("conditions", "materials", "steps", "faq"):
        counts = Counter(getattr(guide, values) for guide in content.guides)
        assert max(counts.values()) == 1, values


def test_each_body_lists_its_guides(content: Content, pages: Pages) -> None:
    for body in content.bodies.values():
        soup = page_of(pages, body.path)
        listed = [a["href"] for a in soup.select("#content .list a")]
        assert listed == [guide.path for guide in body.guides]


def test_most_pages_carry_page_tags_and_some_do_not(content: Content, pages: Pages) -> None:
    tagged = []
    for guide in content.guides:
        tag = page_of(pages, guide.path).select_one('meta[name="ArticleTitle"]')
        if tag is not None:
            assert tag["content"] == guide.title
            tagged.append(guide)
    assert len(content.guides) * 0.8 < len(tagged) < len(content.guides)


def test_notices_legal_pages_and_answered_letters(content: Content, pages: Pages) -> None:
    assert len(content.articles["zwdt"]) + len(content.articles["zwgk"]) >= 12
    assert len(content.articles["flxc"]) >= 10
    assert len(content.letters) == 5
    for articles in content.articles.values():
        for article in articles:
            shown = squeezed(page_of(pages, article.path).select("#zoom")[0].get_text())
            assert shown == squeezed(article.body)
    for letter in content.letters:
        shown = squeezed(page_of(pages, letter.path).select("#content")[0].get_text())
        assert squeezed(letter.question) in shown
        assert squeezed(letter.answer) in shown
    assert page_of(pages, "/wzts/").select_one('form[method="post"] textarea') is not None


def test_forms_are_real_files_of_four_kinds(content: Content, pages: Pages) -> None:
    kinds = Counter(form.filetype for form in content.forms.values())
    assert kinds["docx"] >= 8
    assert min(kinds["xlsx"], kinds["pdf"], kinds["doc"]) >= 4
    assert kinds.total() >= 20
    for form in content.forms.values():
        body = pages[form.path].body
        assert body.startswith(MAGIC[form.filetype]), form.file
        assert len(body) <= 60 * 1024, form.file
    stored = {path.name for path in (HOME / "forms").iterdir()}
    assert stored == {form.file for form in content.forms.values()}
    assert {form.file.isascii() for form in content.forms.values()} == {True, False}


def test_forms_say_what_their_source_says(content: Content, pages: Pages) -> None:
    source = yaml.safe_load((HOME / "forms.yaml").read_text("utf-8"))
    for key, form in content.forms.items():
        read = squeezed(read_form(pages[form.path].body, form.filetype))
        given = source[key]
        labels = [label.removesuffix("＊") for label in given.get("fields", given.get("sheet"))]
        for words in [form.title, *labels, *given["notes"]]:
            assert squeezed(words) in read, (form.file, words)


def read_form(body: bytes, kind: str) -> str:
    """The text of an office file; of a .doc the UTF-16 runs of its OLE2 streams."""
    if kind == "docx":
        document = docx.Document(io.BytesIO(body))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(body))
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        return "\n".join(str(value) for row in rows for value in row if value is not None)
    if kind == "pdf":
        with pypdfium2.PdfDocument(body) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    return body[: len(body) // 2 * 2].decode("utf-16-le", "replace")


def test_forms_cannot_be_made_without_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FormError, match="needs LibreOffice"):
        make_forms(tmp_path / "forms")


def test_guides_link_their_forms(content: Content, pages: Pages) -> None:
    linked = set()
    for guide in content.guides:
        hrefs = {a["href"] for a in page_of(pages, guide.path).select("#content a[href]")}
        wanted = {material.form.path for material in guide.materials if material.form}
        assert wanted <= hrefs, guide.path
        linked |= wanted
    assert linked == {form.path for form in content.forms.values()}


def test_everything_is_reachable_by_links_and_manage_is_linked_but_barred(
    site: SampleSite, pages: Pages
) -> None:
    seen: set[str] = set()
    queue = ["/"]
    with httpx.Client(base_url=site.base_url, trust_env=False) as client:
        assert "Disallow: /manage/" in client.get("/robots.txt").text
        while queue:
            path = queue.pop()
            if path in seen:
                continue
            seen.add(path)
            if path.startswith("/manage/"):
                continue
            answer = client.get(path)
            assert answer.status_code == 200, path
            if answer.headers["Content-Type"].startswith("text/html"):
                soup = BeautifulSoup(answer.content, "lxml", from_encoding="utf-8")
                queue += sorted(own_targets(soup, site.base_url, path))
    assert seen == set(pages) - {"/robots.txt", "/css/style.css"}
    assert site.count("/manage/login.aspx") == 0


def own_targets(soup: BeautifulSoup, base_url: str, path: str) -> set[str]:
    """Where a page's plain links lead within the site, as paths with their query."""
    found = set()
    for anchor in soup.select("a[href]"):
        target = urlsplit(urljoin(base_url + path, str(anchor["href"])))
        if f"{target.scheme}://{target.netloc}" == base_url:
            found.add(target.path + (f"?{target.query}" if target.query else ""))
    return found


def test_addresses_take_the_forms_such_sites_have(pages: Pages) -> None:
    for path in (
        "/bszn/gsj/yyzz-001.html",
        "/show.aspx?id=3001",
        "/art/2012/3/4/art_13_214.html",
        "/zwdt/index_2.html",
        "/bszn/list.aspx?PageIndex=2",
        "/bgxz/list.aspx?PageIndex=3",
    ):
        assert pages[path].content_type == "text/html; charset=utf-8"
    assert any("%E4" in path and path.endswith(".docx") for path in pages)


def test_the_same_files_give_the_same_bytes(pages: Pages) -> None:
    assert service_center.build() == pages


def test_invented_telephone_numbers_only() -> None:
    sources = sorted(Path(HOME).rglob("*.yaml"))
    assert sources
    for source in sources:
        text = source.read_text("utf-8")
        assert text.count("0777-") == text.count("0777-000"), source.name
