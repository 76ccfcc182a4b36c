"""Issues put together from the sample portal's articles in every layout, at random but seeded.

How many documents are found, with their own text and number, is the quality of the splitting.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from indexer.extract.gazette import Part, split
from indexer.sample_sites import portal
from indexer.sample_sites.portal import Article

ARTICLES = [one for one in portal.load_articles() if "关于" in one.title and len(one.body) > 100]
LAYOUTS = ("plain", "leaders", "brackets", "tab", "wrapped leaders", "wrapped", "number below")
LINES_ON_PAGE = 38
ISSUES = 200


def wrap(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def entry(title: str, page: int, layout: str) -> list[str]:
    """An entry of the contents as the layout sets it."""
    lines = {
        "plain": [title],
        "leaders": [f"{title}{'…' * 6}{page}"],
        "brackets": [f"{title} . . . . ({page})"],
        "tab": [f"{title}\t{page}"],
        "wrapped": wrap(title, 22),
        "wrapped leaders": wrap(f"{title}……（{page}）", 20),
        "number below": [title, str(page)],
    }
    return lines[layout]


def typeset(article: Article, width: int, title_width: int) -> list[str]:
    """A document as lines of so many characters."""
    lines = [*wrap(article.title, title_width), article.number]
    for paragraph in article.body.splitlines():
        lines += wrap("　　" + paragraph, width)
    return [line for line in (*lines, article.issuer, article.signed_on) if line]


class Issue:
    """One random issue: ``flawed`` contents have a wrong character in one title of five."""

    def __init__(self, seed: int, *, flawed: bool) -> None:
        chance = random.Random(seed)
        self.articles = chance.sample(ARTICLES, chance.randint(3, 14))
        self.paged = chance.random() < 0.6
        layout = chance.choice(LAYOUTS)
        title_width = chance.choice((60, 24, 18))
        width = 36 if self.paged else 10_000
        short = chance.random() < 0.25
        contents = ["目　录"] if chance.random() < 0.85 else []
        body: list[str] = []
        for position, article in enumerate(self.articles):
            title = article.title[article.title.index("关于") if short else 0 :]
            if flawed and chance.random() < 0.2:
                at = chance.randrange(len(title))
                title = title[:at] + chance.choice("的和及与") + title[at + 1 :]
            if position % 4 == 0:
                contents.append(
                    ("【市政府文件】", "市政府办公室文件", "部门文件")[position // 4 % 3]
                )
            contents += entry(title, len(body) // LINES_ON_PAGE + 1, layout)
            body += typeset(article, width, title_width)
        sheets = [["钦州市人民政府公报", "2009年第3期"], contents]
        step = LINES_ON_PAGE if self.paged else len(body)
        sheets += [body[at : at + step] for at in range(0, len(body), step)]
        self.text, self.pages = "", []
        for number, sheet in enumerate(sheets):
            self.pages.append(len(self.text))
            if self.paged and number:
                sheet = ["钦州市人民政府公报　2009年第3期", *sheet, f"— {number} —"]
            self.text += "\n".join(sheet) + "\n"

    def split(self) -> list[Part]:
        return split(
            self.text,
            pages=self.pages if self.paged else (),
            file_format="pdf" if self.paged else "html",
        )

    def found(self, parts: Sequence[Part]) -> int:
        """How many articles are a part of their own with all of their facts."""
        whole = {"".join(one.body.split()): one for one in self.articles}
        return sum(self._is_found(part, whole) for part in parts)

    @staticmethod
    def _is_found(part: Part, whole: dict[str, Article]) -> bool:
        text = "".join(part.text.split())
        held = [article for body, article in whole.items() if body in text]
        if len(held) != 1:
            return False
        (article,) = held
        return (
            article.title.endswith(part.title[-6:])
            and (part.number or "") == article.number
            and part.signed == article.written
        )


def test_issues_of_every_layout_are_taken_apart() -> None:
    issues = [Issue(seed, flawed=False) for seed in range(ISSUES)]
    found = sum(issue.found(issue.split()) for issue in issues)
    assert found / sum(len(issue.articles) for issue in issues) >= 0.99


def test_contents_with_wrong_characters_cost_few_documents() -> None:
    issues = [Issue(seed, flawed=True) for seed in range(ISSUES)]
    found = sum(issue.found(issue.split()) for issue in issues)
    assert found / sum(len(issue.articles) for issue in issues) >= 0.93
