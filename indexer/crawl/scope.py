"""What belongs to a site: which addresses are followed, in which form, and which are lists."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urljoin

from indexer.archive.links import FoundLink
from indexer.config_crawl import SiteSettings
from indexer.crawl.traps import trap_of
from indexer.crawl.url_patterns import UrlPatterns, expand_urls
from indexer.crawl.urls import UrlRules, canonical_url, is_worth_fetching
from indexer.extract.model import Extraction

_REMEMBERED = 20_000


class Scope:
    """The scope of one configured site."""

    def __init__(self, site: SiteSettings) -> None:
        self.site = site
        self._rules = UrlRules(
            keep=frozenset(name.lower() for name in site.keep_parameters),
            drop=frozenset(name.lower() for name in site.drop_parameters),
        )
        self._include = UrlPatterns(site.include)
        self._exclude = UrlPatterns(site.exclude)
        self._lists = UrlPatterns(site.lists)
        self.start_urls = list(
            dict.fromkeys(
                self.canonical(url) or url
                for text in (*site.start_urls, *site.extra_urls)
                for url in expand_urls(text)
            )
        )
        self._start = frozenset(self.start_urls)
        # Navigation is the same on every page of a site.
        self._followed = lru_cache(maxsize=_REMEMBERED)(self._follow)

    def canonical(self, url: str) -> str | None:
        """The canonical form of an address by the site's rules, or None."""
        return canonical_url(url, self._rules)

    def target_of(self, url: str, location: str | None) -> str | None:
        """The canonical URL a redirect leads to, or None for what no page can have."""
        try:
            return self.canonical(urljoin(url, location)) if location else None
        except ValueError:  # http://[broken
            return None

    def why_not(self, url: str) -> str | None:
        """Why a canonical address is not asked for, None when it may be."""
        if not self.site.allows(url):
            return "not on allowed_hosts"
        if url in self._start:
            return None
        if not is_worth_fetching(url):
            return "a file without text"
        excluded = self._exclude.first(url)
        if excluded is not None:
            return f"excluded by {excluded}"
        if self.site.include and not self._include.match(url):
            return "not in include"
        return trap_of(url)

    def is_list(self, url: str) -> bool:
        """Whether the configuration calls this page a list: asked for in every run."""
        return url in self._start or self._lists.match(url)

    def links_of(self, extraction: Extraction) -> tuple[FoundLink, ...]:
        """The links of a page that are followed, in canonical form, each address once."""
        found: dict[str, FoundLink] = {}
        for link in extraction.links:
            url = None if link.nofollow else self._followed(link.url)
            if url is None:
                continue
            known = found.get(url)
            if known is None or len(known.anchor) < len(link.text):
                lastmod = link.lastmod or (known.lastmod if known else None)
                found[url] = FoundLink(url, link.text, lastmod)
        return tuple(found.values())

    def _follow(self, url: str) -> str | None:
        canonical = self.canonical(url)
        return canonical if canonical is not None and self.why_not(canonical) is None else None
