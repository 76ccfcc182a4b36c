"""An issue of a gazette yields the documents printed in it, each under its own title."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.extract.gazette import Part, split

TITLES = (
    "钦州市人民政府关于推行首问负责制度的通知",
    "钦州市人民政府关于印发《钦州市城区犬只管理办法》的通知",
    "钦州市人民政府办公室关于做好2009年秋冬季森林防火工作的通知",
)
NUMBERS = ("钦政发〔2009〕31号", "钦政发〔2009〕32号", "钦政办〔2009〕88号")
DAYS = ("二〇〇九年七月三日", "二〇〇九年七月十六日", "2009年8月20日")
ISSUERS = ("钦州市人民政府", "钦州市人民政府", "钦州市人民政府办公室")
SUBJECTS = ("首问责任", "犬只登记", "防火巡查")


class Mark(NamedTuple):
    """A bookmark as the PDF reader gives it."""

    title: str
    page: int
    level: int


def body(index: int) -> str:
    """The text of a document without its title, from number to signature."""
    return "\n".join(
        (
            NUMBERS[index],
            "各县、区人民政府，市直各委、办、局：",
            f"为做好{SUBJECTS[index]}工作，现将有关事项通知如下。",
            f"一、落实{SUBJECTS[index]}的人员和经费，明确每个岗位的职责。",
            ISSUERS[index],
            DAYS[index],
        )
    )


def issue(contents: str, titles: Sequence[str] = TITLES, head: str = "") -> str:
    """An issue: name, contents, documents one after the other."""
    documents = [f"{title}\n{body(index)}" for index, title in enumerate(titles)]
    return "\n".join(["钦州市人民政府公报", "2009年第3期", contents, *documents])


def check(parts: Sequence[Part]) -> None:
    """The three documents with all that is to be known of them."""
    assert [part.title for part in parts] == list(TITLES)
    assert [part.number for part in parts] == list(NUMBERS)
    assert [part.signed for part in parts] == [
        date(2009, 7, 3),
        date(2009, 7, 16),
        date(2009, 8, 20),
    ]
    for part, subject in zip(parts, SUBJECTS, strict=True):
        assert [word for word in SUBJECTS if word in part.text] == [subject]
        assert part.title not in part.text
    assert len({part.fragment for part in parts}) == len(parts)


# -- contents and documents in one text -----------------------------------------------------


@pytest.mark.parametrize(
    "contents",
    [
        "目录\n" + "\n".join(TITLES),
        "目　录\n【市政府文件】\n{}\n{}\n【市政府办公室文件】\n{}".format(*TITLES),
        "本期目录\n1. {}\n2. {}\n3. {}".format(*TITLES),
        "目 录\n市政府文件\n"
        + "\n".join(f"● {t}（{n}）" for t, n in zip(TITLES, NUMBERS, strict=True)),
        "目录\n" + "\n".join(f"{t}\n（{n}）" for t, n in zip(TITLES, NUMBERS, strict=True)),
        "目录\n" + "\n".join(f"{title}{'…' * 9}{page}" for page, title in enumerate(TITLES, 3)),
        "目录\n" + "\n".join(f"{title} . . . . . . ({page})" for page, title in enumerate(TITLES)),
        "目录\n" + "\n".join(f"{title}\t{page}" for page, title in enumerate(TITLES, 8)),
        "目录\n" + "\n".join(f"{t[:14]}\n{t[14:]}…………（{p}）" for p, t in enumerate(TITLES, 3)),
        "目录\n" + "\n".join(f"{t[:14]}\n{t[14:]}" for t in TITLES),
        "目录\n{}\t{}\n{}\t人事任免".format(*TITLES),
        "\n".join(TITLES),  # the line 目录 is lost where pages are read: "return to contents"
        "目录\n" + "\n".join(title.replace("钦州市人民政府关于", "关于") for title in TITLES),
        "目录\n{}\n{}\n{}\n3\n4\n7".format(*TITLES),
        "目录\n{}\n3\n{}\n4\n{}\n7".format(*TITLES),
        "目录\n{}\n2009年7月要闻\n{}\n2009年8月要闻\n{}".format(*TITLES),
        "本期要目\n{1}\n目　录\n{0}………1\n{1}………2\n{2}………5".format(*TITLES),
    ],
    ids=lambda text: text[:24].replace("\n", "|"),
)
def test_contents_are_understood_however_they_are_set(contents: str) -> None:
    check(split(issue(contents)))


def test_two_columns_of_contents_may_run_down_the_columns() -> None:
    check(split(issue("目录\n{0}\t{2}\n{1}\t人事任免".format(*TITLES))))


def test_a_title_over_several_lines_is_one_title() -> None:
    broken = [f"{title[:7]}\n{title[7:19]}\n{title[19:]}" for title in TITLES]
    check(split(issue("目录\n" + "\n".join(TITLES), broken)))


def test_a_title_that_differs_a_little_is_found() -> None:
    varied = (TITLES[0] + "（试行）", TITLES[1].replace("城区", "市城区"), TITLES[2])
    parts = split(issue("目录\n" + "\n".join(varied), TITLES))
    assert [part.number for part in parts] == list(NUMBERS)


def test_equal_titles_are_told_apart_by_their_order() -> None:
    titles = ["钦州市人民政府关于任免职务的通知", TITLES[1], "钦州市人民政府关于任免职务的通知"]
    parts = split(issue("目录\n" + "\n".join(titles), titles))
    assert [part.title for part in parts] == titles
    assert [part.number for part in parts] == list(NUMBERS)
    assert len({part.fragment for part in parts}) == 3
    twice = [titles[0], titles[0], TITLES[2]]
    parts = split(issue("目录\n" + "\n".join(twice), twice))
    assert [part.number for part in parts] == list(NUMBERS)


def test_the_rest_of_the_booklet_belongs_to_no_document() -> None:
    text = issue("目录\n市政府文件\n{}\n{}\n市政府办公室文件\n{}".format(*TITLES))
    text = text.replace(TITLES[2] + "\n钦政办", "市政府办公室文件\n" + TITLES[2] + "\n钦政办")
    text += "\n主办：钦州市人民政府办公室\n准印证号：内资000号"
    parts = split(text)
    check(parts)
    assert parts[1].text.endswith(DAYS[1])
    assert parts[2].text.endswith(DAYS[2])


def test_organisers_in_the_last_document_are_no_imprint() -> None:
    text = issue("目录\n" + "\n".join(TITLES))
    text += "\n附件：消防演练安排\n主办单位：市林业局\n承办单位：市消防支队\n届时请派员参加。"
    assert split(text)[2].text.endswith("届时请派员参加。")


def test_a_number_above_the_title_belongs_to_the_title_below() -> None:
    documents = [
        f"{NUMBERS[i]}\n{TITLES[i]}\n" + body(i).removeprefix(NUMBERS[i]) for i in range(3)
    ]
    check(split("\n".join(["目录", *TITLES, *documents])))


def test_a_number_in_the_contents_serves_where_the_text_has_none() -> None:
    text = issue("目录\n" + "\n".join(f"{t}（{n}）" for t, n in zip(TITLES, NUMBERS, strict=True)))
    head, _, tail = text.rpartition(NUMBERS[2])
    check(split(head + tail))


def test_the_day_of_an_attachment_is_not_that_of_the_document() -> None:
    text = issue("目录\n" + "\n".join(TITLES)).replace(
        DAYS[1], DAYS[1] + "\n附件：钦州市城区犬只管理办法\n钦州市公安局\n2009年9月9日"
    )
    check(split(text))


def test_a_day_in_brackets_below_the_title_signs_what_has_no_signature() -> None:
    text = (
        "目录\n{0}\n钦州市2009年7月大事记\n{0}\n{1}\n钦州市2009年7月大事记\n（2009年8月1日）\n"
        "3日，市政府召开常务会议，研究首问负责制度。\n"
    ).format(TITLES[0], body(0))
    first, chronicle = split(text)
    assert first.signed == date(2009, 7, 3)
    assert (chronicle.title, chronicle.number) == ("钦州市2009年7月大事记", None)
    assert chronicle.signed == date(2009, 8, 1)


def test_parts_begin_where_they_say() -> None:
    text = issue("目录\n" + "\n".join(TITLES))
    for part in split(text):
        assert text[part.start :].startswith(part.title)


# -- addresses ----------------------------------------------------------------------------


def test_a_link_in_the_contents_gives_the_address_of_its_document() -> None:
    links = [("top", "返回"), *((f"w{i}", title) for i, title in enumerate(TITLES, 1))]
    parts = split(issue("\n".join(TITLES)), links=links)
    check(parts)
    assert [part.fragment for part in parts] == ["w1", "w2", "w3"]


def test_a_page_without_anchors_is_addressed_by_its_words() -> None:
    fragment = split(issue("目录\n" + "\n".join(TITLES)))[0].fragment
    assert fragment.startswith(":~:text=")
    assert fragment.isascii()
    assert unquote(fragment) == f":~:text={TITLES[0]},-{NUMBERS[0][:12]}"


def test_signs_with_a_meaning_in_a_text_directive_are_escaped() -> None:
    titles = [title.replace("关于", "关于A-B,C&D") for title in TITLES]
    for part in split(issue("目录\n" + "\n".join(titles), titles)):
        directive = part.fragment.removeprefix(":~:text=")
        words, _, suffix = directive.partition(",-")
        assert not set("-,&") & set(words + suffix)


def test_other_formats_count_their_parts() -> None:
    parts = split(issue("目录\n" + "\n".join(TITLES)), file_format="docx")
    assert [part.fragment for part in parts] == ["part=1", "part=2", "part=3"]


# -- PDF ----------------------------------------------------------------------------------


def pdf(contents: str = "") -> tuple[str, list[int]]:
    """Five pages with running heads and numbers; the second and third documents share one."""
    head, name = "钦州市人民政府公报　2009年第3期", "市政府文件"
    long_text = "\n".join(f"第{n}条　养犬人应当办理犬只登记，第{n}次。" for n in range(1, 9))
    titles = [f"{title[:7]}\n{title[7:20]}\n{title[20:]}" for title in TITLES]
    first, rest = body(1).split("\n一、", 1)
    sheets = [
        "钦州市人民政府公报\n2009\n第3期",
        f"{head}\n{contents}\n- 1 -",
        f"{head}\n{titles[0]}\n{body(0)}\n- 2 -",
        f"{name}\n{titles[1]}\n{first}\n{long_text}\n— 3 —",
        f"{head}\n一、{rest}\n{titles[2]}\n{body(2)}\n- 4 -",
    ]
    pages, text = [], ""
    for sheet in sheets:
        pages.append(len(text))
        text += sheet + "\n"
    return text, pages


CONTENTS = (
    "目　　录\n市政府文件\n"
    f"{TITLES[0][:15]}\n{TITLES[0][15:]}………………（2）\n"
    f"{TITLES[1]}……………（3）\n市政府办公室文件\n{TITLES[2]}……（4）"
)


def test_a_pdf_is_split_in_spite_of_its_pages() -> None:
    text, pages = pdf(CONTENTS)
    parts = split(text, pages=pages, file_format="pdf")
    check(parts)
    assert [part.fragment for part in parts] == ["page=3", "page=4", "page=5"]
    for part in parts:
        assert "公报" not in part.text
        assert "- 4 -" not in part.text
        assert "3 —" not in part.text


def test_bookmarks_serve_where_there_are_no_contents() -> None:
    text, pages = pdf("编者的话。")
    marks = [
        Mark("封面", 0, 0),
        Mark("市政府文件", 2, 0),
        Mark(TITLES[0], 2, 1),
        Mark(TITLES[1], 3, 1),
        Mark("第一章 总则", 3, 2),
        Mark("市政府办公室文件", 4, 0),
        Mark(TITLES[2], 4, 1),
    ]
    parts = split(text, pages=pages, outline=marks, file_format="pdf")
    check(parts)
    assert [part.fragment for part in parts] == ["page=3", "page=4", "page=5"]


def test_a_second_document_on_a_page_has_an_address_of_its_own() -> None:
    text = issue("目录\n" + "\n".join(TITLES))
    parts = split(text, pages=[0, text.index(NUMBERS[0]) - 30], file_format="pdf")
    assert [part.fragment for part in parts] == ["page=2", "page=2&part=2", "page=2&part=3"]


def test_a_title_glued_to_the_date_before_it_is_found() -> None:
    text, pages = pdf(CONTENTS)
    apart = f"{DAYS[1]}\n{TITLES[2][:7]}\n{TITLES[2][7:20]}\n"
    assert apart in text
    text = text.replace(apart, apart.replace("\n", "") + "\n")
    check(split(text, pages=pages, file_format="pdf"))


def test_a_signature_at_the_foot_of_many_pages_is_no_running_foot() -> None:
    text, pages = "", []
    for index, title in enumerate(TITLES):
        pages.append(len(text))
        text += f"{title}\n{body(index)}\n"
    text = (lead := "目录\n" + "\n".join(TITLES) + "\n") + text
    pages = [0, *(len(lead) + start for start in pages)]
    check(split(text, pages=pages, file_format="pdf"))


def test_page_numbers_decide_between_places() -> None:
    cited = "附：\n" + TITLES[2] + "\n"
    text, pages = pdf(CONTENTS)
    at = text.index("一、落实首问责任")
    text = text[:at] + cited + text[at:]
    pages = [page + len(cited) if page > at else page for page in pages]
    parts = split(text, pages=pages, file_format="pdf")
    assert [part.number for part in parts] == list(NUMBERS)
    assert parts[2].fragment == "page=5"


# -- what is no bundle ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "目录",
        "钦州市人民政府公报 2009年第3期\n目录\n" + "\n".join(TITLES),
        "目录\n" + "\n".join(TITLES * 2),  # a list of links, once more in the sidebar
        "目录\n一、概述\n二、主动公开\n三、依申请公开\n2009年政府信息公开年度报告\n"
        "一、概述\n2009年，全市公开政府信息13000条。本报告由概述等部分组成，统计期限为全年。\n"
        "二、主动公开\n全年主动公开政府文件607件，点击量280万次，群众反映良好。\n"
        "三、依申请公开\n全年受理申请12件，均按期答复，没有引起行政复议的案件。",
        "目录\n第一章 总则\n第二章 登记\n第三章 罚则\n钦州市城区犬只管理办法\n第一章 总则\n"
        "第一条 为规范养犬行为，制定本办法，适用于本市城区范围内的一切单位。\n第二章 登记\n"
        "第二条 养犬人应当到公安机关办理登记，并按规定缴纳费用，不得隐瞒。\n第三章 罚则\n"
        "第三条 违反本办法的，由公安机关依照有关法律的规定予以处罚，并责令改正。",
        "政府工作报告\n各位代表：\n现在，我代表市人民政府向大会作工作报告，请予审议。\n"
        "一、过去一年的工作\n全市生产总值增长百分之十五。\n二、今年的任务\n修建道路十条。",
        "2009年国民经济和社会发展统计公报\n一、综合\n全年生产总值增长。\n二、农业\n粮食增产。",
    ],
    ids=["nothing", "word", "alone", "twice", "report", "chapters", "work", "statistics"],
)
def test_what_holds_one_document_or_none_is_not_split(text: str) -> None:
    assert split(text) == []


def test_bookmarks_of_one_document_make_no_bundle() -> None:
    marks = [Mark("第一章 总则", 0, 0), Mark("第二章 登记", 1, 0), Mark("附录", 1, 0)]
    assert split("第一章 总则\n全文。\n第二章 登记\n全文。", pages=[0, 10], outline=marks) == []


# -- any text -----------------------------------------------------------------------------

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [*TITLES, *NUMBERS, *DAYS, "目录", "目　录", "【市政府文件】", "- 3 -", "附件"]
        ),
        st.sampled_from([f"{title}……{page}" for page, title in enumerate(TITLES)]),
        st.sampled_from([body(0), body(1), TITLES[0][:9], TITLES[0][9:], "\t", "\x00", "\ud800"]),
        st.text(max_size=30),
    ),
    max_size=40,
)
MARKS = st.lists(
    st.builds(Mark, st.one_of(st.sampled_from(TITLES), st.text()), st.integers(-2, 9), st.just(0)),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(
    LINES,
    st.lists(st.integers(-5, 900), max_size=9),
    MARKS,
    st.sampled_from(["html", "pdf", "ofd"]),
    st.lists(st.tuples(st.text(max_size=3), st.sampled_from(TITLES)), max_size=4),
)
def test_any_text_is_read_without_error_and_in_its_order(
    lines: list[str],
    pages: list[int],
    outline: list[Mark],
    file_format: str,
    links: list[tuple[str, str]],
) -> None:
    text = "\n".join(lines)
    parts = split(text, links=links, pages=pages, outline=outline, file_format=file_format)
    assert [part.start for part in parts] == sorted({part.start for part in parts})
    assert len({part.fragment for part in parts}) == len(parts)
    assert all(part.title and part.fragment for part in parts)
    reached = 0
    for part in parts:
        assert part.start >= reached
        for line in part.text.split("\n"):
            reached = text.index(line, reached)


@pytest.mark.parametrize("same", [False, True], ids=["own titles", "one title"])
def test_a_year_of_issues_is_split_in_linear_time(same: bool) -> None:
    titles = [f"钦州市人民政府关于印发第{0 if same else n}号实施方案的通知" for n in range(1, 3001)]
    filling = "\n".join("市直各部门要明确分工，落实责任，按时完成各项任务。" for _ in range(24))
    documents = [f"{title}\n{filling}\n钦州市人民政府\n2009年7月3日" for title in titles]
    text = "\n".join(["目录", *titles, *documents])
    assert len(text) > 1_900_000
    started = time.process_time()
    parts = split(text)
    assert time.process_time() - started < 2
    assert len(parts) == 3000


def test_a_text_made_to_be_slow_is_not() -> None:
    text = "目录\n" + "钦州市人民政府关于\n" * 20_000 + "." * 200_000 + "\n" + "目录\n" * 9000
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 2
