"""What an answer makes of a page: from the response to the archive and the frontier."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from indexer.archive import Archive, Frontier, FrontierItem, Page
from indexer.archive.archive import body_hash
from indexer.archive.claims import Claims
from indexer.archive.links import FoundLink, LinkGraph, Relinked
from indexer.archive.lives import Lives
from indexer.config_crawl import CrawlSettings
from indexer.crawl.asking import REDIRECTS
from indexer.crawl.fetcher import Response
from indexer.crawl.readers import Readers, ReadingTask
from indexer.crawl.render import Renderer
from indexer.crawl.scope import Scope
from indexer.crawl.traps import Budgets, pattern_of
from indexer.crawl.variants import Variants
from indexer.extract.model import BLOCKED, EMPTY, ERROR, HOME, LIST, REFRESH, SCRIPT, SITEMAP
from indexer.extract.soft_redirect import is_error_address, is_home_address
from indexer.reading import Reading, ReadingOptions, archived_page

_GONE: Final = (404, 410)
_FIREWALL: Final = (405, 412, 512, 521)
"""What the firewalls in front of government sites answer (瑞数 412, 加速乐 521 and 512)."""
_FORBIDDEN: Final = (401, 403)
_LOST: Final = (EMPTY, SCRIPT, REFRESH)
"""What a page has become that had a text and has none now."""
_LONGEST_CHAIN: Final = 20


@dataclass(frozen=True)
class Surroundings:
    """What one site's crawl consists of besides its frontier."""

    archive: Archive
    scope: Scope
    settings: CrawlSettings
    options: ReadingOptions
    links: LinkGraph
    lives: Lives
    claims: Claims
    variants: Variants
    budgets: Budgets
    readers: Readers


class Answers:
    """Handles the answers that one site's crawl gets."""

    def __init__(self, parts: Surroundings, frontier: Frontier, start: Collection[int]) -> None:
        self._parts = parts
        self._archive = parts.archive
        self._lives = parts.lives
        self._frontier = frontier
        self._start = frozenset(start)
        self.renderer: Renderer | None = None

    async def handle(self, item: FrontierItem, response: Response) -> bool:
        """Put an answer into the archive and its links on the frontier; returns whether it
        brought a page."""
        page, status = item.page, response.status
        if status == 200:
            return await self._content(item, response)
        if status == 304 and page.has_content:
            self._unchanged(page)
        elif status in REDIRECTS:
            self._redirect(item, response)
        elif status in _GONE:
            self._absent(page, status, f"status {status}")
        elif status in _FIREWALL:
            self.fail(page, "blocked_firewall", status, f"status {status}: a firewall's answer")
        elif status in _FORBIDDEN:
            self.fail(page, "blocked_status_403", status, f"status {status}")
        else:
            self.fail(page, f"failed_status_{status}", status, f"status {status}")
        return False

    def fail(self, page: Page, outcome: str, status: int | None, error: str) -> None:
        """The attempt says nothing about the page."""
        with self._archive.transaction():
            self._lives.failure(page, status, error)
            self._frontier.done(page.id, outcome)

    def refuse(self, page: Page, reason: str) -> None:
        """The configuration does not let the page in."""
        with self._archive.transaction():
            self._frontier.done(page.id, self._lives.refuse(page, "excluded", reason))

    def lead(self, item: FrontierItem, target: str, status: int) -> None:
        """The page is at another address; that one is asked for if it is new."""
        page = item.page
        with self._archive.transaction():
            found = FoundLink(target, page.anchor)
            to = self._parts.links.replace(page, [found]).ids[target]
            self._frontier.add_found([to], item.depth, item.hops + 1)
            self._frontier.done(page.id, self._lives.redirect(page, to, status))

    # -- status 200 and 304 -----------------------------------------------------------

    def _is_always_due(self, page: Page) -> bool:
        return page.id in self._start or self._parts.scope.is_list(page.url)

    def _unchanged(self, page: Page) -> None:
        with self._archive.transaction():
            outcome = self._lives.unchanged(page, always_due=self._is_always_due(page))
            self._frontier.done(page.id, outcome, saved=self._archive.body_size(page))

    async def _content(self, item: FrontierItem, response: Response) -> bool:
        page = item.page
        if self._is_known(page, response):
            with self._archive.transaction():
                outcome = self._lives.unchanged(page, always_due=self._is_always_due(page))
                self._frontier.done(page.id, outcome)
            return True
        reading = await self._read(page, response)
        if self._tells_nothing(page, reading):
            return False
        if page.id in self._start:
            self._parts.variants.answered(page.url)
        with self._archive.transaction():
            self._frontier.done(page.id, self._store(item, reading))
        return True

    def _is_known(self, page: Page, response: Response) -> bool:
        """Whether these are the archived bytes, said to be what they were said to be."""
        if not page.has_content or page.text_hash is None:
            return False
        names = ("content-type", "x-robots-tag", "link")
        if any(page.header(name) != response.header(name) for name in names):
            return False
        return page.body == body_hash(response.body)

    async def _read(self, page: Page, response: Response) -> Reading:
        """Read an answer; a shell that needs its scripts is rendered first where the site's
        configuration says so."""
        reading = await self._read_answer(page, response)
        if reading.kind != SCRIPT or self.renderer is None:
            return reading
        html = await self.renderer.render(page.url, response)
        if html is None:
            return reading
        # Without validators: an unchanged shell says nothing about what its scripts fill in.
        headers = (("content-type", "text/html; charset=utf-8"),)
        return await self._read_answer(page, replace(response, body=html, headers=headers))

    async def _read_answer(self, page: Page, response: Response) -> Reading:
        answered = replace(page, headers=response.headers)
        options = self._parts.options
        fetched = archived_page(self._archive, answered, response.body, options)
        task = ReadingTask(
            page.site, fetched, response.status, response.headers, options.fingerprint
        )
        return await self._parts.readers.read(task)

    def _tells_nothing(self, page: Page, reading: Reading) -> bool:
        """Handles answers with status 200 that are no content: then True."""
        if reading.kind == ERROR:
            self._absent(page, 200, "says that there is no such page")
        elif reading.kind == BLOCKED:
            told = reading.content.told.problem or "a firewall's challenge"
            self.fail(page, "blocked_firewall", 200, told)
        elif reading.is_unread and page.has_content:
            self.fail(page, "failed_unreadable", 200, reading.content.told.problem or "not read")
        elif (
            reading.kind in _LOST
            and reading.content.document is None
            and self._archive.has_document(page.id)
        ):
            # A template that fails, or a site that is being rebuilt: no absence.
            self.fail(page, "failed_empty", 200, "has no text any more")
        else:
            return False
        return True

    def _store(self, item: FrontierItem, reading: Reading) -> str:
        page = item.page
        target = self._canonical_page(page, reading)
        if target is not None and self._is_still_duplicate(page, target):
            self._parts.budgets.answer(page.url, reading.signature)
            return self._lives.duplicate(page, target)
        if reading.noindex:
            outcome = self._lives.refuse(page, "noindex", "noindex: the page asks for it", 200)
        else:
            always = self._is_always_due(page)
            outcome = self._lives.content(page, reading.content, always_due=always)
        self._follow_links(item, reading)
        if page.body is None:
            self._parts.budgets.answer(page.url, reading.signature)
        if target is not None and not reading.noindex:
            self._frontier.add_found([target], item.depth)
            self._lives.duplicate(page, target)  # it is one when its target proves to be there
        return outcome

    def _is_still_duplicate(self, page: Page, target: int) -> bool:
        """Whether a page needs no document because the one it names has it."""
        known = page.state == "duplicate" and page.target == target
        return known and self._archive.page(target).state == "live"

    def _follow_links(self, item: FrontierItem, reading: Reading) -> None:
        """Take down the links and put on the frontier what has to be asked for because of
        them: what is new or has come back, what is called otherwise now, and what a sitemap
        calls changed."""
        links = self._mapped(item.page, reading.links)
        if item.depth >= self._parts.settings.max_depth:
            links = self._further_pages(item.page, reading, links)
        relinked = self._parts.links.replace(item.page, links)
        due = list(self._claimed(reading, links, relinked))
        if self._is_always_due(item.page) or reading.kind in (LIST, HOME):
            due.extend(relinked.renamed)
        further = self._further_pages(item.page, reading, links)
        self._frontier.add_found([relinked.ids[link.url] for link in further], item.depth)
        self._frontier.add_found(relinked.added, item.depth + 1)
        self._frontier.add(due, item.depth + 1)

    @staticmethod
    def _further_pages(page: Page, reading: Reading, links: list[FoundLink]) -> list[FoundLink]:
        """The other pages of a list: page 200 of it is no deeper than page 1. What has no end
        is bounded by the budget of its pattern."""
        if reading.kind != LIST:
            return []
        own = pattern_of(page.url)
        return [link for link in links if pattern_of(link.url) == own]

    def _mapped(self, page: Page, links: Collection[FoundLink]) -> list[FoundLink]:
        """Links to other pages, where the site redirects to."""
        variants = self._parts.variants
        mapped = (replace(link, url=variants.map(link.url)) for link in links)
        return [link for link in mapped if link.url != page.url]

    def _claimed(self, reading: Reading, links: list[FoundLink], relinked: Relinked) -> list[int]:
        if reading.kind != SITEMAP:
            return []
        parts = [relinked.ids[link.url] for link in links if _is_part(link.url)]
        self._archive.connection.execute(
            "UPDATE page SET kind = 'sitemap' WHERE kind = '' "
            "AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(parts),),
        )
        return self._parts.claims.note(links, relinked)

    def _canonical_page(self, page: Page, reading: Reading) -> int | None:
        """The page that this one names as canonical. Templates name the home page on every
        page: that is no claim about the page."""
        url = reading.canonical
        scope = self._parts.scope
        if url is None or url == page.url or scope.why_not(url) is not None:
            return None
        url = self._parts.variants.map(url)
        if url == page.url or is_home_address(url):
            return None
        return self._archive.ensure_page(url, page.site, page.anchor, page.parent)

    # -- elsewhere, or nowhere --------------------------------------------------------

    def _absent(self, page: Page, status: int, error: str) -> None:
        with self._archive.transaction():
            outcome = self._lives.absent(page, status, error)
            if outcome == "dead_link" and page.kind == SITEMAP and page.id in self._start:
                outcome = "no_sitemap"  # nobody links to the address where it was looked for
            self._frontier.done(page.id, outcome)

    def _redirect(self, item: FrontierItem, response: Response) -> None:
        """A redirect is a link to where the page is now; never to a host not allowed."""
        page, location = item.page, response.header("location")
        target = self._parts.scope.target_of(page.url, location)
        if target is None or not self._parts.scope.site.allows(target):
            message = f"redirects to {location}, which is not on allowed_hosts"
            self.fail(page, "failed_redirect_refused", response.status, message)
        elif target == page.url or self._leads_back(page, target):
            self.fail(page, "failed_redirect_loop", response.status, "redirects in a circle")
        elif item.hops >= self._parts.settings.max_redirects:
            limit = f"more than {self._parts.settings.max_redirects} redirects in a row"
            self.fail(page, "failed_redirect_limit", response.status, limit)
        elif self._is_soft_error(page, target):
            self._absent(page, response.status, f"redirects to {target}")
        elif (reason := self._parts.scope.why_not(target)) is not None:
            self.refuse(page, f"redirects to {target}: {reason}")
        else:
            self._parts.variants.redirected(page.url, target, is_start=page.id in self._start)
            self.lead(item, target, response.status)

    def _is_soft_error(self, page: Page, target: str) -> bool:
        """Whether a redirect says "there is no such page": to an error page, or home."""
        if is_error_address(target):
            return True
        is_home = is_home_address(page.url) or page.id in self._start
        return is_home_address(target) and not is_home

    def _leads_back(self, page: Page, target: str) -> bool:
        """Whether the target is known to redirect back to this page."""
        found = self._archive.find(target)
        for _ in range(_LONGEST_CHAIN):
            if (
                found is None
                or found.target is None
                or "redirect"
                not in (
                    found.state,
                    found.leaving,
                )
            ):
                return False
            if found.target == page.id:
                return True
            found = self._archive.page(found.target)
        return True


def _is_part(url: str) -> bool:
    """Whether what a sitemap names is a sitemap itself."""
    return url.partition("?")[0].lower().endswith((".xml", ".xml.gz"))
