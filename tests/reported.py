"""An archive with runs and their reports, made by what makes them in a crawl, without a crawl.

Three nights of a portal: in the first all is well but for a dead link, a firewall, and a page
of scripts; in the two others most articles answer with 404, so that the third is suspicious.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indexer.archive import Archive, Frontier, Page, Run
from indexer.archive.archive import PackedBody
from indexer.archive.claims import Claims
from indexer.archive.documents import PackedDocument, Told
from indexer.archive.links import FoundLink, LinkGraph
from indexer.archive.lives import Content, Lives
from indexer.archive.removal import conclude
from indexer.archive.report import make_report
from indexer.archive.runs import add_traffic, store_report
from indexer.config import Settings, load_settings
from indexer.document import Document
from indexer.index import open_engine
from indexer.indexing import synchronize
from running import write_config

PORTAL = "http://portal.example/"
ARTICLES = [f"{PORTAL}notice/{number}.html" for number in range(1, 11)]
LOST = ARTICLES[:7]
"""What the second and the third night find absent: more than a fifth of the documents."""
HOME, SCRIPT = PORTAL, f"{PORTAL}map.html"
SCAN = "pdf: holds no text: scanned pages, or drawn letters"
DEAD, DEAD_TITLE = f"{PORTAL}old/form.doc", "旧版申请表<b>下载</b>"
BLOCKED, SLOW, AWAY = f"{PORTAL}query.jsp", f"{PORTAL}slow.html", f"{PORTAL}away.html"
EVIL_TITLE = "关于\x1b[31m假期\u202e安排的通知"
"""A title that would steer a terminal."""
SITES = {"portal": PORTAL.rstrip("/"), "service_center": "http://centre.example"}
_LONGEST_DAYS = 60.0


@dataclass
class Night:
    """One run, answer by answer."""

    archive: Archive
    site: str

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.archive, self.site, is_full=True)
        self.run: Run = self.frontier.run
        self.lives = Lives(self.archive, self.run, Claims(self.archive, self.site), _LONGEST_DAYS)

    def answer(self, url: str, what: Callable[[Page], str], saved: int = 0) -> Page:
        """Ask for a page; ``what`` gives the outcome."""
        with self.archive.transaction():
            page = self.archive.page(self.archive.ensure_page(url, self.site))
            self.frontier.add([page.id], 1)
            self.frontier.done(page.id, what(page), saved)
        return page

    def content(
        self, url: str, title: str, kind: str = "article", problem: str | None = None
    ) -> Page:
        """The page is there, with an article of 2009 unless it is of another kind."""
        document = None
        if kind == "article":
            document = Document(
                url=url, title=title, text=f"{title}的正文。", site=self.site, column="通知公告",
                published=date(2009, 12, 3),
            )  # fmt: skip
        body = title.encode()
        packed = PackedDocument.pack(document) if document else None
        content = Content(200, (), PackedBody.pack(body), kind, body, packed, 1, Told(problem))
        return self.answer(url, lambda page: self.lives.content(page, content))

    def fail(self, url: str, outcome: str, status: int | None, error: str) -> None:
        """The attempt says nothing about the page."""

        def failure(page: Page) -> str:
            self.lives.failure(page, status, error)
            return outcome

        self.answer(url, failure)

    def end(self, *, paused: str | None = None, requests: int = 0) -> Run:
        """The end of the run, or a pause."""
        with self.archive.transaction():
            add_traffic(self.archive, self.run, requests, 3 * 1024 * 1024, 12.5)
        removal = None
        if paused is None:
            removal = conclude(self.archive, self.run, self.lives, _LONGEST_DAYS)
        traps = [{"pattern": "/calendar.jsp?month=*", "asked": 100, "skipped": 2000}]
        with self.archive.transaction():
            report = make_report(
                self.archive, self.run, removal=removal, traps=traps, paused=paused
            )
            store_report(self.archive, self.run, report)
        if paused is None:
            self.frontier.finish()
        return self.run


def first_night(archive: Archive, site: str = "portal") -> Run:
    """All articles are new; number of the run."""
    night = Night(archive, site)
    home = night.content(HOME, "首页", kind="home")
    night.content(SCRIPT, "网站地图", kind="script")
    for number, url in enumerate(ARTICLES, 1):
        problem = SCAN if number == 2 else None
        title = EVIL_TITLE if number == 10 else f"第{number}号通知"
        night.content(url, title, problem=problem)
    with archive.transaction():
        links = LinkGraph(archive, site)
        links.replace(home, [*map(FoundLink, ARTICLES), FoundLink(DEAD, DEAD_TITLE)])
        for url in ARTICLES[7:]:
            page = archive.find(url)
            assert page is not None
            links.replace(page, [FoundLink(DEAD, "申请表")])
    night.answer(DEAD, lambda page: night.lives.absent(page, 404, "status 404"))
    night.fail(BLOCKED, "blocked_firewall", 412, "status 412: a firewall's answer")
    night.fail(f"{PORTAL}admin/", "blocked_robots", None, "robots.txt says no")
    night.fail(SLOW, "failed_timeout", None, "no answer within 30 s")
    night.fail(f"{PORTAL}error.asp", "failed_status_503", 503, "status 503")
    night.fail(AWAY, "failed_redirect_refused", 302, "redirects to http://elsewhere.example/")
    return night.end(requests=19)


def lossy_night(archive: Archive, site: str = "portal") -> Run:
    """Most articles are absent; the home page is unchanged."""
    night = Night(archive, site)
    night.answer(HOME, lambda page: night.lives.unchanged(page, always_due=True), saved=2048)
    for url in LOST:
        night.answer(url, lambda page: night.lives.absent(page, 404, "status 404"))
    return night.end(requests=8)


def paused_night(archive: Archive, site: str) -> Run:
    """A run that has to wait for the site's hours."""
    night = Night(archive, site)
    night.content("http://centre.example/", "政务服务中心", kind="home")
    return night.end(paused="outside the hours 22:00-06:00", requests=1)


def make_nights(settings: Settings) -> list[int]:
    """Three nights of the portal and a paused one of the service centre, indexed; ids of the
    runs in this order."""
    with closing(Archive(settings.archive_path)) as archive:
        runs = [
            first_night(archive),
            lossy_night(archive),
            lossy_night(archive),
            paused_night(archive, "service_center"),
        ]
        synchronize(archive, open_engine(settings))
    return [run.id for run in runs]


def reported_config(directory: Path) -> Path:
    """A configuration whose archive knows these four runs."""
    path = write_config(directory, SITES)
    assert make_nights(load_settings(path)) == [1, 2, 3, 4]
    return path
