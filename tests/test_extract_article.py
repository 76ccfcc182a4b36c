"""What is read from an article: title, text, dates, source, column, number, type."""

from __future__ import annotations

from datetime import date

import pytest

from extract_pages import PARAGRAPHS, TITLE, document, new_page, old_page, read

TAGS = """<meta name="SiteName" content="钦州市人民政府门户网站">
<meta name="ColumnName" content="市政府文件"><meta name="ArticleTitle" content="{title}">
<meta content="2009-12-03 16:30" name="PubDate"><meta name="ContentSource" content="{source}">
<meta name="Keywords" content="首问负责,null,政务服务；首问负责">
<meta name="Description" content="null">"""


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_an_article_in_nested_tables(charset: str) -> None:
    found = document(old_page(), charset=charset)
    assert found.title == TITLE
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.published == date(2009, 12, 3)
    assert found.source == "市政府办公室"
    assert found.column == "市政府文件"
    assert found.type == "policy"


def test_an_article_in_blocks_with_tags() -> None:
    head = TAGS.format(title=TITLE, source="市政府办公室")
    found = document(new_page(head=head))
    assert (found.title, found.column, found.source) == (TITLE, "市政府文件", "市政府办公室")
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.published == date(2009, 12, 3)
    assert found.keywords == ("首问负责", "政务服务")
    assert found.description is None


def test_inline_markup_leaves_no_gap_in_a_document_number() -> None:
    number = "<p align=center>钦政发〔20<span>09</span>〕<b>1</b><span>2</span>号</p>"
    found = document(old_page(body=number + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)))
    assert found.document_number == "钦政发〔2009〕12号"
    assert found.text.startswith("钦政发〔2009〕12号\n各县、区人民政府")


def test_a_cited_number_is_not_the_documents_own() -> None:
    cited = "根据《广西壮族自治区人民政府关于简政放权的意见》（桂政发〔2009〕7号）精神，通知如下。"
    found = document(old_page(body="<p>".join([cited, *PARAGRAPHS])))
    assert found.document_number is None
    assert document(old_page(title="转发桂政发〔2009〕7号文件的通知")).document_number is None


def test_the_number_at_the_end_of_a_title() -> None:
    found = document(old_page(title=f"{TITLE}（钦政发[2009]12号）"))
    assert found.document_number == "钦政发〔2009〕12号"


def test_line_breaks_of_the_source_do_not_split_chinese() -> None:
    body = (
        "<p>本通知自公布\n      之日起施行，由市政务\r\n服务中心 负责解释。请 see page\n two。</p>"
        * 1
    )
    text = document(old_page(body=body + "<p>".join(PARAGRAPHS))).text
    assert text.startswith("本通知自公布之日起施行，由市政务服务中心 负责解释。请 see page two。")


def test_tables_are_read_row_by_row() -> None:
    table = """<table border=1><tr><th>品种</th><th>单价</th></tr>
    <tr><td><p>对虾</p></td><td><p>38.50</p></td></tr></table>"""
    text = document(old_page(body=PARAGRAPHS[0] + table + "<br>".join(PARAGRAPHS))).text
    assert "品种\t单价\n对虾\t38.50" in text


def test_angle_brackets_used_as_quotation_marks_survive() -> None:
    title = "关于印发&lt;钦州市并联审批办法&gt;的通知"
    head = TAGS.format(title=title.replace("&", "&amp;"), source="市政府办公室")
    assert document(new_page(head=head, title=title)).title == "关于印发<钦州市并联审批办法>的通知"


@pytest.mark.parametrize(
    "info", ["发布日期：{}", "[{}]", "{} 16:30", "时间：{}　来源：市政府办公室"]
)
@pytest.mark.parametrize("day", ["2009-12-03", "2009年12月3日", "2009/12/03", "2009.12.03"])
def test_the_line_under_the_title_tells_the_date(info: str, day: str) -> None:
    assert document(old_page(info=info.format(day))).published == date(2009, 12, 3)


def test_dates_of_the_clock_and_of_the_text_do_not_count() -> None:
    assert document(old_page(info="浏览次数：128")).published is None


def test_the_url_is_the_last_resort() -> None:
    url = "http://www.example.gov.cn/zwgk/200912/t20091204_1006.html"
    assert document(old_page(info="字体：大 中 小"), url=url).published == date(2009, 12, 4)
    assert document(old_page(), url=url).published == date(2009, 12, 3)


def test_a_date_tag_of_another_article_is_overruled_by_line_and_url() -> None:
    head = TAGS.format(title=TITLE, source="").replace("2009-12-03", "2012-02-02")
    url = "http://www.example.gov.cn/zwgk/200912/t20091203_1006.html"
    assert document(old_page(head=head), url=url).published == date(2009, 12, 3)
    assert document(old_page(head=head)).published == date(2012, 2, 2)


def test_the_catalogue_block_is_fact_not_text() -> None:
    block = """<table><tr><td>索 引 号：</td><td>450700-2009-0012</td>
    <td>主题分类：</td><td>政务公开</td></tr>
    <tr><td>发文机关：</td><td>钦州市人民政府</td><td>成文日期：</td><td>2009年12月1日</td></tr>
    <tr><td>标　　题：</td><td colspan=3>关于推行首问负责制度的通知</td></tr>
    <tr><td>发文字号：</td><td>钦政发〔2009〕12号</td><td>发布日期：</td><td>2009年12月3日</td></tr></table>"""
    page = old_page(info="", body=block + "".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    found = document(page)
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.document_number == "钦政发〔2009〕12号"
    assert found.published == date(2009, 12, 3)
    assert found.source == "钦州市人民政府"


def test_a_title_tag_copied_with_the_template_is_outvoted() -> None:
    head = TAGS.format(title="关于召开全市经济工作会议的通知", source="本站")
    found = document(old_page(head=head), anchor=TITLE)
    assert found.title == TITLE
    assert found.source == "市政府办公室"


def test_an_anchor_cut_short_does_not_shorten_the_title() -> None:
    page = f"<html><head><title>{TITLE}_首页</title></head><body><p>{'<p>'.join(PARAGRAPHS)}"
    assert document(page, anchor=f"▪{TITLE[:12]}…").title == TITLE


def test_one_paragraph_printed_for_every_device_is_read_once() -> None:
    long = "本通知所称首问负责，是指申请人首先询问的窗口工作人员负责解答、指引直至办结的制度安排。"
    text = document(old_page(body="<br>".join([*PARAGRAPHS, long, long, long]))).text
    assert text.count(long) == 1


def test_a_scanned_notice_is_found_by_its_title() -> None:
    page = new_page(head=TAGS.format(title=TITLE, source="新华社"), body="<p><img src=1.jpg></p>")
    found = read(page)
    assert found.document is not None
    assert (found.document.title, found.document.text) == (TITLE, "")
    assert "no text" in (found.problem or "")
