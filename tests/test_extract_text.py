"""Text as a reader sees it: inline markup, white space, tables, the ends of an article."""

from __future__ import annotations

from datetime import date

import pytest

from extract_pages import PARAGRAPHS, TITLE, document, new_page, old_page, read

BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


@pytest.mark.parametrize(
    "markup",
    [
        "钦政发<span>〔20</span><span>21〕</span>12号",
        "钦政发<span>〔20</span>\n<span>21〕</span>12号",
        "钦政发〔<span lang=EN-US>2021</span>〕\n<span lang=EN-US>1</span>\n<span>2</span>号",
        "<b>钦政发</b>\r\n<font face=仿宋>〔2</font><font>021</font>\r\n〕<font>12</font>号",
        "钦政发〔202<o:p></o:p><SPAN style='mso-x:y'>1</SPAN>〕<st1:chmetcnv>12号</st1:chmetcnv>",
        "钦政发〔20\u200b21〕\ufeff12号",
        "钦政发〔20&#8203;21〕1&shy;2号",
        "钦政发&zwnj;〔2021<!-- x -->〕12&#x200B;<a name=x></a>号",
        "<u>钦</u><i>政</i><em>发</em>〔<sup></sup>2021〕<strong>12</strong>\n\t  号",
    ],
)
def test_a_document_number_survives_word(markup: str) -> None:
    found = document(old_page(body=f"<p align=center>{markup}</p>{BODY}"))
    assert found.text.split("\n")[0] == "钦政发〔2021〕12号"
    assert found.document_number == "钦政发〔2021〕12号"


def test_line_breaks_of_the_source_stay_gaps_between_words_and_between_figures() -> None:
    body = "<p>共计 3\n 5 项。see\nthe page。自2010年\n1月1日\n起</p>"
    assert document(old_page(body=body + BODY)).text.startswith(
        "共计 3 5 项。see the page。自2010年1月1日起\n"
    )


def test_cells_that_span_rows_and_columns_keep_their_order() -> None:
    table = """<table border=1><tr><th colspan=2>养殖</th><th>单价（元）</th></tr>
    <tr><td rowspan=2>海水</td><td>对虾</td><td><p>38.50</p></td></tr>
    <tr><td><div>青蟹</div></td><td>&nbsp;</td></tr></table>"""
    text = document(old_page(body=BODY + table)).text
    assert text.endswith("养殖\t单价（元）\n海水\t对虾\t38.50\n青蟹")


def test_a_table_within_a_cell_is_read_where_it_stands() -> None:
    table = """<table><tr><td>一、水产</td><td>备注</td></tr><tr><td>
    <table><tr><td>对虾</td><td>38.50</td></tr><tr><td>青蟹</td><td>90.00</td></tr></table></td>
    <td>按公斤计</td></tr></table>"""
    text = document(old_page(body=BODY + table)).text
    assert text.endswith("一、水产\t备注\n对虾\t38.50\n青蟹\t90.00\n按公斤计")


def test_short_paragraphs_and_tables_around_the_text_belong_to_it() -> None:
    agenda = "<p>会议议程</p><p>上午开幕式</p><p>地点：二楼会议室</p>"
    table = "<table><tr><td>科目</td><td>人数</td></tr><tr><td>渔政</td><td>12</td></tr></table>"
    body = f"{agenda}{BODY}{table}<p>钦州市人民政府办公室</p><p>2009年12月3日</p>"
    text = document(old_page(body=body)).text
    assert text.startswith("会议议程\n上午开幕式\n地点：二楼会议室\n")
    assert text.endswith("科目\t人数\n渔政\t12\n钦州市人民政府办公室\n2009年12月3日")


@pytest.mark.parametrize(
    "heading", ["<h3>评论</h3>", "<b>网友评论（12）</b>", "<p>| 回复线索：</p>", "最新评论"]
)
def test_comments_end_the_article_however_long_they_are(heading: str) -> None:
    comment = "<p>我觉得这个制度很好，希望各个窗口都能认真落实，不要再让大家来回跑了。</p>"
    text = document(
        old_page(
            body=f"{BODY}<div>{heading}</div>{comment * 1}"
            + "".join(
                f"<p>第{i}位网友说，窗口的工作人员很热情，办事很快，给他们点个赞，继续保持下去。</p>"
                for i in range(30)
            )
        )
    ).text
    assert text == "\n".join(PARAGRAPHS)


def test_the_answer_of_a_public_body_is_no_comment() -> None:
    answer = "您好，您反映的问题已经转市住房和城乡建设局办理，预计三个工作日内答复。"
    body = f"<p>来信内容：</p>{BODY}<p>回复内容：</p><p>{answer}</p>"
    assert document(old_page(body=body)).text.endswith(answer)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发表于 2009年12月3日 12:40 - (阅读:3727)", date(2009, 12, 3)),
        ("作者:小张 阅读(16) 评论(5) 编辑 发表于:2009-12-03 12:30", date(2009, 12, 3)),
        ("本帖由小张于2009年12月3日16:12:21发表", date(2009, 12, 3)),
        ("发 布 时 间：09-12-03", date(2009, 12, 3)),
        ("发布日期：09年12月3日", date(2009, 12, 3)),
        ("发布时间：December 3rd, 2009", date(2009, 12, 3)),
        ("二〇〇九年十二月三日", date(2009, 12, 3)),
        ("钦州市 2009年12月3日", date(2009, 12, 3)),
        ("成文日期：09-12-03", None),
    ],
)
def test_a_date_under_the_text(line: str, day: date | None) -> None:
    assert document(old_page(info="", body=f"{BODY}<p>{line}</p>")).published == day


def test_the_day_under_the_text_yields_to_the_line_under_the_title_and_to_the_address() -> None:
    body = f"{BODY}<p>2009年11月30日</p>"
    assert document(old_page(body=body)).published == date(2009, 12, 3)
    url = "http://www.example.gov.cn/zwgk/200912/t20091204_1006.html"
    assert document(old_page(info="", body=body), url=url).published == date(2009, 12, 4)


def test_a_line_in_english_alone_tells_the_date() -> None:
    page = old_page(info="Thursday, December 3rd, 2009 10:56 am")
    assert document(page).published == date(2009, 12, 3)


def test_font_tags_that_are_never_closed_do_not_hide_the_end() -> None:
    paragraphs = [f"<p><font size=3>{text}第{i}条。" for i in range(3000) for text in ("规定",)]
    found = read(new_page(body="".join(paragraphs)))
    assert found.document is not None
    assert found.document.title == TITLE
    assert found.document.text.endswith("规定第2999条。")
