"""The facts of a document: tags and their defects, the three days, the number, the effect."""

from __future__ import annotations

from datetime import date

import pytest

from extract_pages import PARAGRAPHS, TITLE, document, new_page, old_page
from indexer.document import Document
from indexer.extract.effect import effect_of_title, effect_of_value, in_force
from indexer.extract.metadata import Metadata, read_metadata
from indexer.extract.number import own_number

ISSUED = date(2009, 12, 3)


def tags(head: str) -> Metadata:
    """What the tags of a page's head say."""
    return read_metadata(f"<html><head>{head}</head><body></body></html>")


def official(*ends: str, title: str = TITLE, info: str = "发布时间：2009-12-03") -> Document:
    """An official document with these paragraphs behind its first two."""
    paragraphs = (*PARAGRAPHS[:2], *ends)
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return document(old_page(title=title, info=info, body=body))


# -- 网页标签 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="ArticleTitle" content="{}">',
        '<meta content="{}" name="ArticleTitle"/>',
        "<META NAME='articletitle' CONTENT='{}'>",
        '<meta property="ArticleTitle" content="{}">',
        '<meta itemprop="ARTICLETITLE" content="{}" >',
        '<meta name=" ArticleTitle " content="  {}  ">',
        '<meta name="ArticleTitle" content="null"><meta name="ArticleTitle" content="{}">',
        '<meta name="ArticleTitle" content="&lt;p align=center&gt;{}&lt;/p&gt;">',
        '<meta name="ArticleTitle" content="<font color=red>{}</font><br/>">',
        '<meta name="SiteName" content="渔港网"><meta name="ArticleTitle" content="{} - 渔港网">',
        '<meta name="ArticleTitle" content="{}_钦州市人民政府门户网站">',
        '<meta name="ArticleTitle" content="{}"><meta name="ArticleTitle" content="另一篇文章">',
    ],
)
def test_one_title_however_its_tag_is_written(head: str) -> None:
    assert tags(head.format(TITLE)).article_title == TITLE


def test_the_tag_of_social_networks_dates_a_page_that_has_no_other() -> None:
    social = '<meta property="article:published_time" content="2009-12-02T23:30:00+00:00">'
    assert tags(social).published == ISSUED  # in Chinese time
    assert tags(f'{social}<meta name="PubDate" content="2009-12-03">').published == ISSUED
    assert tags(f'{social}<meta name="PubDate" content="2009-11-01">').published != ISSUED


def test_a_dash_of_the_title_itself_stays() -> None:
    title = "钦州港区总体规划——2010年修编"
    assert tags(f'<meta name="ArticleTitle" content="{title}">').article_title == title


@pytest.mark.parametrize(
    "written",
    [
        "2009-12-03 16:30",
        "2009-12-03 16:30:25",
        "2009-12-03T16:30:00+08:00",
        "2009-12-02T16:30:00Z",
        "2009/12/3",
        "2009年12月3日",
        "2009年12月03日 16时30分",
        "20091203",
        "20091203163000",
        "1259829000",
        "1259829000000",
        "&nbsp;2009-12-03",
    ],
)
def test_forms_of_the_day_of_publication(written: str) -> None:
    assert tags(f'<meta name="PubDate" content="{written}">').published == ISSUED


@pytest.mark.parametrize("first", ["", "null", "待定", "${pubDate}", "0000-00-00", "16:30"])
def test_of_several_days_the_first_that_is_one_counts(first: str) -> None:
    head = f'<meta name="PubDate" content="{first}"><meta name="PubDate" content="2009-12-03">'
    assert tags(head).published == ISSUED


@pytest.mark.parametrize(
    "value", ["null", "", "无", "本站", "本网", "{{source}}", "-", "undefined"]
)
def test_sources_that_name_nobody(value: str) -> None:
    head = f'<meta name="ContentSource" content="{value}">'
    assert tags(head).source == ""
    assert tags(head + '<meta name="ContentSource" content="新华社">').source == "新华社"


def test_the_articles_keywords_go_before_those_of_the_template() -> None:
    site = '<meta name="keywords" content="钦州,政府网站"><meta name="description" content="门户">'
    own = '<meta name="Keywords" content="首问负责，服务"><meta name="Description" content="摘要">'
    for head in (site + own, own + site):
        assert tags(head).keywords == ("首问负责", "服务")
        assert tags(head).description == "摘要"
    assert tags(site).keywords == ("钦州", "政府网站")


def test_tags_of_another_city_do_no_harm() -> None:
    head = """<meta name="SiteName" content="北海市人民政府门户网站">
    <meta name="SiteDomain" content="http://www.beihai.gov.cn/"><meta name="SiteIDCode" content="">
    <meta name="ColumnId" content="213"><meta name="i_columnid" content="213">
    <meta name="ColumnName" content="null"><meta name="Url" content="/zwgk/1.html">
    <meta name="ContentSource" content="本网">"""
    found = document(old_page(head=head))
    assert (found.title, found.source, found.column) == (TITLE, "市政府办公室", "市政府文件")
    assert found.url == "http://www.example.gov.cn/zwgk/content_1006.html"


def test_keywords_of_the_tag_and_the_subjects_of_the_document() -> None:
    found = document(
        new_page(
            head='<meta name="Keywords" content="首问负责">',
            body="".join(
                f"<p>{text}</p>" for text in (*PARAGRAPHS, "主题词：行政事务　首问负责　通知")
            ),
        )
    )
    assert found.keywords == ("首问负责", "行政事务", "通知")


# -- three days ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature",
    [
        ("钦州市人民政府办公室", "二〇〇九年十二月一日"),
        ("钦州市人民政府", "2009年12月1日"),
        ("钦州市财政局（章）", "2009年12月1日", "（此件公开发布）"),
        ("钦州市财政局　钦州市教育局", "二○○九年十二月一日"),
        (
            "中共钦州市委办公室",
            "2009 年 12 月 1 日",
            "附件：首问负责制度",
            "第一条　窗口人员负责。",
        ),
        ("钦州市海洋局 2009年12月1日",),
        (
            "钦州市海洋局二〇〇九年十二月一日",
            "抄送：市委各部门",
            "钦州市海洋局办公室 2009年12月2日印发",
        ),
    ],
)
def test_the_day_under_the_signature(signature: tuple[str, ...]) -> None:
    found = official(*signature)
    assert (found.signed, found.published) == (date(2009, 12, 1), ISSUED)


@pytest.mark.parametrize(
    "lines",
    [
        ("会议时间：", "2009年12月1日"),
        ("请于下列日期前报送材料。", "2009年12月1日"),
        ("钦州市海洋局办公室 2009年12月2日印发",),
        ("钦州市海洋局", "截至2009年12月1日共办理十二件。"),
    ],
)
def test_other_days_of_the_text_are_not_signed(lines: tuple[str, ...]) -> None:
    assert official(*lines).signed is None


@pytest.mark.parametrize(
    ("clause", "effective", "expires"),
    [
        ("本通知自2010年1月1日起施行。", date(2010, 1, 1), None),
        ("第三十条　本办法自2010年1月1日起实施。", date(2010, 1, 1), None),
        ("十二、自2010年1月1日起执行。", date(2010, 1, 1), None),
        ("本意见从2010年1月1日起正式实施，", date(2010, 1, 1), None),
        ("本规定由市财政局负责解释，自二〇一〇年一月一日起施行。", date(2010, 1, 1), None),
        ("本办法自发布之日起施行。", ISSUED, None),
        ("本通知自印发之日起执行，由市教育局解释。", ISSUED, None),
        ("本办法自公布之日起30日后施行。", date(2010, 1, 2), None),
        ("本办法自2010年1月1日起施行，有效期5年。", date(2010, 1, 1), date(2014, 12, 31)),
        ("本办法自2010年1月1日起施行，有效期为五年。", date(2010, 1, 1), date(2014, 12, 31)),
        ("本办法自发布之日起施行，试行期两年。", ISSUED, date(2011, 12, 2)),
        (
            "本通知自2010年1月1日起施行，有效期至2012年6月30日。原有规定同时废止。",
            date(2010, 1, 1),
            date(2012, 6, 30),
        ),
        ("本公告自2010年1月1日起执行至2012年6月30日。", date(2010, 1, 1), date(2012, 6, 30)),
        ("本规定自2010年1月1日起施行，《旧规定》自2005年1月1日起施行。", date(2010, 1, 1), None),
        ("《条例》自2010年1月1日起施行。", None, None),
        ("根据自2008年5月1日起施行的《条例》，制定本办法。", None, None),
        ("许可证自2010年1月1日起生效。", None, None),
        ("会议要求，自2010年1月1日起执行新标准。", None, None),
        ("本办法自发布之日起施行。\n本细则自2010年1月1日起施行。", date(2010, 1, 1), None),
        ("本细则自2010年1月1日起施行。\n本办法自发布之日起施行。", date(2010, 1, 1), None),
        ("本办法自2012年2月29日起施行，有效期1年。", date(2012, 2, 29), date(2013, 2, 28)),
    ],
)
def test_the_clause_that_sets_a_document_in_force(
    clause: str, effective: date | None, expires: date | None
) -> None:
    found = in_force(f"首问负责。\n{clause}\n钦州市人民政府", ISSUED)
    assert (found.effective, found.expires) == (effective, expires)


def test_a_document_holds_from_the_day_it_was_signed_not_from_when_it_was_uploaded() -> None:
    lines = ("本通知自发布之日起执行。", "钦州市人民政府", "2009年12月1日")
    found = official(*lines, info="发布时间：2012-05-03")
    assert (found.signed, found.published) == (date(2009, 12, 1), date(2012, 5, 3))
    assert found.effective == date(2009, 12, 1)


def test_news_tells_of_other_documents() -> None:
    text = "本办法自2010年1月1日起施行，有效期5年。"
    page = old_page(title="我市召开首问负责制度推进会议", body="<p>".join((*PARAGRAPHS[:2], text)))
    found = document(page.replace("市政府文件", "工作动态").replace("szfwj", "gzdt"))
    assert found.type == "news"
    assert (found.effective, found.expires, found.signed) == (None, None, None)


# -- 有效性 -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "effect"),
    [
        ("有效", "in_force"),
        ("现行有效", "in_force"),
        ("继续有效", "in_force"),
        ("尚未失效", "in_force"),
        ("是", "in_force"),
        ("废止", "repealed"),
        ("已废止", "repealed"),
        ("宣布废止", "repealed"),
        ("失效", "expired"),
        ("宣布失效", "expired"),
        ("无效", "expired"),
        ("否", "expired"),
        ("修改", "amended"),
        ("已修改", "amended"),
        ("部分失效", "amended"),
        ("部分废止", "amended"),
        ("", None),
        ("见附件", None),
    ],
)
def test_values_of_the_catalogue(value: str, effect: str | None) -> None:
    assert effect_of_value(value) == effect


@pytest.mark.parametrize(
    ("title", "effect"),
    [
        ("关于推行首问负责制度的通知（已废止）", "repealed"),
        ("【失效】关于推行首问负责制度的通知", "expired"),
        ("[已修改] 关于推行首问负责制度的通知", "amended"),
        ("关于推行首问负责制度的通知(全文废止)", "repealed"),
        ("关于废止部分规范性文件的决定", None),
        ("关于宣布失效一批文件的通知（第二批）", None),
        ("首问负责办法（2012年修订）", None),
        ("首问负责办法（试行）", None),
    ],
)
def test_marks_in_a_title(title: str, effect: str | None) -> None:
    assert effect_of_title(title) == effect
    assert official(title=title).effect == effect


@pytest.mark.parametrize(
    ("mark", "effect", "expires"),
    [
        ("此件已废止", "repealed", None),
        ("（此件已失效）", "expired", None),
        ("该文件已于2012年5月1日废止。", "repealed", date(2012, 5, 1)),
        ("注：本通知已被钦政发〔2012〕3号文件废止。", "repealed", None),
        ("【本办法已根据钦政发〔2012〕3号修改】", "amended", None),
        ("原《首问负责办法》同时废止。", None, None),
        ("此前有关规定与本通知不一致的，一律废止。", None, None),
        ("下列文件已废止：", None, None),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_marks_on_lines_of_their_own(
    mark: str, effect: str | None, expires: date | None, place: str
) -> None:
    lines = [*PARAGRAPHS[:2], mark] if place == "below" else [mark, *PARAGRAPHS[:2]]
    found = document(old_page(body="".join(f"<p>{line}</p>" for line in lines)))
    assert (found.effect, found.expires) == (effect, expires)


def test_a_stamp_under_the_title() -> None:
    page = old_page().replace("<TR><TD align=center>", "<TR><TD><b>已失效</b></TD></TR><TR><TD>", 1)
    assert document(page).effect == "expired"


# -- 发文字号 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("catalogue", "title", "lines", "number"),
    [
        ("财政部令第98号", "", (), "财政部令第98号"),
        ("2009年第3号", "国家税务总局关于发票的公告", (), "国家税务总局公告2009年第3号"),
        ("", "国家税务总局关于发票的公告", ("2009年第3号",), "国家税务总局公告2009年第3号"),
        ("", "国家税务总局关于发票的公告（2009年第3号）", (), "国家税务总局公告2009年第3号"),
        ("", "钦州市公安局通告", ("〔2009〕第12号",), "钦州市公安局通告2009年第12号"),
        ("", "钦州市人民政府令", ("第5号",), "钦州市人民政府令第5号"),
        ("", "渔港管理办法", ("钦州市人民政府令", "第 5 号"), "钦州市人民政府令第5号"),
        ("", "钦州市人民政府令（第5号）", (), "钦州市人民政府令第5号"),
        (
            "",
            "财政部令第98号——行政事业性国有资产管理暂行办法（2009年修订本）",
            (),
            "财政部令第98号",
        ),
        ("", "关于印发渔港办法的通知(钦政发[2009]12号)", (), "钦政发〔2009〕12号"),
        ("", TITLE, ("钦 政 发〔2009〕1 2 号",), "钦政发〔2009〕12号"),
        ("", TITLE, ("发文字号：国办发明电〔2010〕3号",), "国办发明电〔2010〕3号"),
        ("", "关于修改渔港办法的决定（财政部令第98号）", (), None),
        ("", "转发国发〔2006〕28号文件的通知", (), None),
        ("", TITLE, ("根据财政部令第98号和钦政发〔2009〕12号，现将有关事项通知如下：",), None),
        ("", "第3号台风消息", ("第3号",), None),
        ("无", TITLE, PARAGRAPHS, None),
    ],
)
def test_the_documents_own_number(
    catalogue: str, title: str, lines: tuple[str, ...], number: str | None
) -> None:
    assert own_number(catalogue, title, lines) == number
