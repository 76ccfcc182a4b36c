"""Pages of the simulated portal: markup and words, no two articles with the same text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from simulated.server import Answer, HeaderValue

HTML: Final = "text/html; charset=utf-8"
_PLACES: Final = ("钦南区", "钦北区", "灵山县", "浦北县", "钦州港", "犀牛脚镇", "大寺镇", "小董镇")
_MATTERS: Final = (
    "农村道路养护", "渔船检验", "旧村供水改造", "蔬菜大棚补贴", "社区体检",
    "学校食堂检查", "河道清淤", "路灯维修", "茶园防冻", "垃圾分类收运",
)  # fmt: skip
_DEEDS: Final = ("召开会议部署", "派出小组检查", "公开征求意见", "完成验收", "安排专项资金用于")
_ENDS: Final = (
    "有关情况将继续向社会公布，请相关单位和群众留意后续通知。",
    "具体办理地点和时间以现场公告为准，咨询请到镇村便民服务点。",
    "各单位要落实责任，按时完成，遇到问题及时报告。",
    "此项工作预计在年底前结束，期间的不便之处敬请谅解。",
)


def body_text(title: str) -> str:
    """Two paragraphs for an article of this title: the same each time, unlike any other's."""
    seed = hashlib.blake2b(title.encode(), digest_size=8).digest()
    place, matter = _PLACES[seed[0] % len(_PLACES)], _MATTERS[seed[1] % len(_MATTERS)]
    deed, end = _DEEDS[seed[2] % len(_DEEDS)], _ENDS[seed[3] % len(_ENDS)]
    other = _PLACES[(seed[0] + 1 + seed[4] % 7) % len(_PLACES)]
    return (
        f"<p>为做好“{title}”一事，{place}近日{deed}{matter}，涉及{seed[5] + 3}个村（社区）"
        f"、{seed[6] * 7 + 20}户群众，{other}等地也将参照执行。</p>"
        f"<p>{end}（事项序号{int.from_bytes(seed, 'big')}）</p>"
    )


def html(
    title: str, content: str, *, head: str = "", body_attributes: str = "", charset: str = "utf-8"
) -> bytes:
    """A whole page of these parts."""
    text = (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>{head}'
        f"</head><body{body_attributes}>{content}</body></html>"
    )
    return text.encode("gb18030" if charset.startswith("gb") else charset)


def article(
    title: str,
    *,
    links: str = "",
    head: str = "",
    headers: Sequence[tuple[str, HeaderValue]] = (),
    charset: str = "utf-8",
    text: str | None = None,
) -> Answer:
    """An article: heading, date line, text, and further markup after it."""
    content = (
        f"<h1>{title}</h1><p>发布时间：2024-03-05 09:30　来源：市政府办公室</p>"
        f'<div class="content">{body_text(title) if text is None else text}</div>{links}'
    )
    return page(title, content, head=head, headers=headers, charset=charset)


def page(
    title: str,
    content: str,
    *,
    head: str = "",
    headers: Sequence[tuple[str, HeaderValue]] = (),
    charset: str = "utf-8",
    body_attributes: str = "",
) -> Answer:
    """Any HTML page."""
    body = html(title, content, head=head, charset=charset, body_attributes=body_attributes)
    kind = ("Content-Type", HTML if charset == "utf-8" else "text/html")
    return Answer(200, [kind, *headers], body)


def listing(title: str, items: Sequence[tuple[str, str]], *, after: str = "") -> Answer:
    """A list page of (address, title) items with their dates, and further markup after it."""
    rows = "".join(
        f'<li><a href="{address}">{name}</a><span>2024-03-{5 + number % 20:02}</span></li>'
        for number, (address, name) in enumerate(items)
    )
    return page(title, f"<h2>{title}</h2><ul class='list'>{rows}</ul>{after}")


def anchors(*targets: str) -> str:
    """Links to these targets."""
    return "".join(f'<a href="{target}">条目{n}</a>' for n, target in enumerate(targets))


def redirect(location: HeaderValue, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status, [("Location", location)])
