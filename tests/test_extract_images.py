"""The pictures of an article: which count, and what captions them."""

from __future__ import annotations

import time

import pytest

from extract_pages import PARAGRAPHS, TITLE, document, new_page, old_page
from indexer.document import Image
from indexer.extract.images import MAX_IMAGES

URL = "http://www.example.gov.cn/zwgk/200912/t20091203_1006.html"
FOLDER = "http://www.example.gov.cn/zwgk/200912/"


def images(body: str, *, head: str = "") -> tuple[Image, ...]:
    """The pictures of an article with this between its paragraphs."""
    text = f"<p>{PARAGRAPHS[0]}</p>{body}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    return document(new_page(body=text, head=head), url=URL).images


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("./W020091203.jpg", f"{FOLDER}W020091203.jpg"),
        ("/upload/1.jpg", "http://www.example.gov.cn/upload/1.jpg"),
        ("http://img.example.gov.cn/a.png", "http://img.example.gov.cn/a.png"),
        ("..\\pic\\渔港.jpg", "http://www.example.gov.cn/zwgk/pic/%E6%B8%94%E6%B8%AF.jpg"),
        (" 1 2.jpg\n", f"{FOLDER}1 2.jpg"),
    ],
)
def test_addresses_are_absolute(source: str, url: str) -> None:
    assert images(f'<p><img src="{source}"></p>') == (Image(url, ""),)


def test_the_pages_base_counts() -> None:
    found = images('<p><img src="a.jpg"></p>', head='<base href="http://img.example.gov.cn/x/">')
    assert found == (Image("http://img.example.gov.cn/x/a.jpg", ""),)


@pytest.mark.parametrize(
    "markup",
    [
        '<p><img src="a.jpg" alt="渔船回港避风"></p>',
        '<p><img src="a.jpg" alt="" title="渔船回港避风"></p>',
        '<p><img src="a.jpg" alt="W020091203.jpg" title="渔船回港避风"></p>',
        f'<p><img src="a.jpg" alt="{TITLE}" title="渔船回港避风"></p>',
        '<figure><img src="a.jpg" alt="1"><figcaption>渔船<b>回港</b>避风</figcaption></figure>',
        '<div><img src="a.jpg"></div><div class="pic_title">渔船回港避风</div>',
        '<p><img src="blank.gif" data-original="a.jpg" alt="渔船回港避风"></p>',
    ],
)
def test_captions(markup: str) -> None:
    assert images(markup) == (Image(f"{FOLDER}a.jpg", "渔船回港避风"),)


@pytest.mark.parametrize(
    "line", ["图为渔船回港避风", "图：渔船回港避风", "▲渔船回港避风", "（图1：渔船回港）"]
)
@pytest.mark.parametrize(
    "form",
    [
        '<p><img src="a.jpg" alt="IMG_0012"></p><p align="center">{}</p>',
        '<p><img src="a.jpg"><br>{}</p>',
        '<p><img src="a.jpg"><span>{}</span></p>',
        '<div><div><a href="a.jpg"><img src="a.jpg"></a></div>\n<div><font>{}</font></div></div>',
        '<table><tr><td><img src="a.jpg"></td></tr><tr><td><b>{}</b></td></tr></table>',
    ],
)
def test_the_line_under_a_picture(form: str, line: str) -> None:
    assert images(form.format(line)) == (Image(f"{FOLDER}a.jpg", line),)


def test_a_caption_is_text_too() -> None:
    caption = '<p><img src="a.jpg"></p><p>图为渔船回港避风</p>'
    body = f"<p>{PARAGRAPHS[0]}</p>{caption}<p>{PARAGRAPHS[1]}</p>"
    assert "图为渔船回港避风" in document(new_page(body=body)).text


def test_the_paragraph_under_a_picture_is_no_caption() -> None:
    assert images('<p><img src="a.jpg"></p>') == (Image(f"{FOLDER}a.jpg", ""),)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="/images/icon_doc.gif">',
        '<img src="/images/spacer.gif" width="600" height="300">',
        '<img src="/images/ewm_big.png">',
        '<img src="/js/ueditor/dialogs/emotion/images/face/i_f01.gif">',
        '<img src="file:///C:/Users/a/1.jpg">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        '<img src="a.jpg" width="16" height="16">',
        '<img src="a.jpg" style="width: 1px; height: 1px">',
        '<img src="a.jpg" class="icon">',
        '<img src="/hits/count.asp?id=3">',
        "<img>",
        '<img src="">',
        '<img src="${item.pic}">',
    ],
)
def test_what_is_no_content(markup: str) -> None:
    assert images(f"<p>{markup}</p>") == ()


def test_pictures_uploaded_through_an_editor_are_content() -> None:
    source = "/ueditor/jsp/upload/image/20091203/1259829000.jpg"
    assert images(f'<img src="{source}">') == (Image(f"http://www.example.gov.cn{source}", ""),)


def test_pictures_of_the_site_and_of_other_articles_do_not_count() -> None:
    body = f'<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p><img src="own.jpg"></p>'
    page = new_page(body=body).replace(
        '<div class="related">', '<div class="related"><img src="/other.jpg">'
    )
    page = page.replace('<div class="header">', '<div class="header"><img src="/top.jpg">')
    assert [image.url for image in document(page, url=URL).images] == [f"{FOLDER}own.jpg"]
    behind = "<p>上一篇：无</p><p>相关新闻</p><p><img src=/other.jpg></p>"
    old = old_page(body=f"{body}{behind}")
    assert [image.url for image in document(old, url=URL).images] == [f"{FOLDER}own.jpg"]


def test_a_scanned_notice_has_its_picture() -> None:
    page = new_page(
        body="<p><img src=scan.jpg></p>", head=f'<meta name=ArticleTitle content="{TITLE}">'
    )
    assert document(page, url=URL).images == (Image(f"{FOLDER}scan.jpg", ""),)


def test_each_picture_counts_once_and_only_the_first_are_kept() -> None:
    twice = '<p><img src="a.jpg"></p><p><img src="a.jpg" alt="渔船回港避风"></p>'
    assert images(twice) == (Image(f"{FOLDER}a.jpg", "渔船回港避风"),)
    many = "".join(f'<p><img src="{number}.jpg"></p>' for number in range(50))
    assert len(images(many)) == MAX_IMAGES


def test_a_page_of_nothing_but_pictures_is_read_in_time() -> None:
    began = time.monotonic()
    found = images('<p><img src="icon.gif"><img src="a.jpg">' * 20_000)
    assert [image.url for image in found] == [f"{FOLDER}a.jpg"]
    assert time.monotonic() - began < 8
