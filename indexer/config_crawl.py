"""The sections ``sites`` and ``crawl`` of crawl_config.yaml: what is crawled, and how."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from indexer.config_errors import fault_at
from indexer.config_section import Section
from indexer.config_values import (
    SCHEMES,
    HeaderText,
    Host,
    HoursOfDay,
    Pattern,
    SiteName,
    StartUrl,
    StartUrls,
    place_of,
)
from indexer.crawl.url_patterns import expand_urls


class SiteSettings(Section):
    """One site to crawl: where it begins, what belongs to it, and what cannot be guessed.

    ``include``, ``exclude`` and ``lists`` are patterns as in robots.txt.
    """

    name: SiteName
    title: str = ""
    start_urls: list[StartUrl] = Field(min_length=1)
    allowed_hosts: list[Host] = Field([])
    extra_urls: list[StartUrls] = Field([])
    include: list[Pattern] = Field([])
    exclude: list[Pattern] = Field([])
    lists: list[Pattern] = Field([])
    keep_parameters: list[str] = Field([])
    drop_parameters: list[str] = Field([])
    delay_seconds: float | None = Field(None, ge=0, le=3600)
    hours: HoursOfDay = ""
    render: bool = False

    @model_validator(mode="after")
    def _hosts_cover_start_urls(self) -> SiteSettings:
        for key in ("start_urls", "extra_urls"):
            for url in getattr(self, key):
                if not all(self.allows(one) for one in expand_urls(url)):
                    hosts = ", ".join(self.allowed_hosts or [urlsplit(self.start_urls[0]).netloc])
                    raise fault_at(key, url, f"takes URLs on allowed_hosts: {hosts}")
        return self

    def allows(self, url: str) -> bool:
        """Whether ``url`` is on one of the site's hosts (those of start_urls by default).

        A host without a port allows http and https on their own ports.
        """
        try:
            place = place_of(url)
        except ValueError:
            return False
        return place is not None and place in self._places

    @cached_property
    def _places(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports of the site."""
        hosts = self.allowed_hosts or [urlsplit(start).netloc for start in self.start_urls]
        urls = [f"{scheme}://{host}/" for host in hosts for scheme in SCHEMES]
        return frozenset(place for url in urls if (place := place_of(url)) is not None)


class CrawlSettings(Section):
    """How the crawler behaves towards the sites."""

    obey_robots: bool = True
    delay_seconds: float = Field(0.5, ge=0, le=3600)
    concurrent_requests_per_host: int = Field(2, ge=1, le=64)
    max_pages: int = Field(200_000, ge=1)
    max_depth: int = Field(20, ge=0)
    allow_private_addresses: bool = False
    user_agent: HeaderText = Field("qzsearch/0.1", min_length=1)
    contact: HeaderText = ""
    timeout_seconds: float = Field(30, gt=0, le=600)
    max_response_bytes: int = Field(50_000_000, ge=1_000)
    retries: int = Field(2, ge=0, le=10)
    total_timeout_seconds: float = Field(300, gt=0, le=7200)
    patience_seconds: float = Field(900, ge=0, le=86_400)
    max_redirects: int = Field(10, ge=0, le=100)
    longest_revisit_days: float = Field(60, ge=0, le=3650)

    @property
    def full_user_agent(self) -> str:
        """The User-Agent header: the product and how to reach who runs it."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
