"""``demo``: the sample sites, crawled and searchable."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click
import yaml

from indexer.config import ConfigError, load_settings
from indexer.jobs.tasks import task_of
from indexer.sample_sites import portal, service_center
from indexer.sample_sites.server import SampleSites
from search_api.cli.jobs import run_in_foreground
from search_api.serve import check_port

_TITLES = {"portal": "钦州市人民政府门户网站(示例)", "service_center": "钦州市政务服务中心(示例)"}


@click.command("demo")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Where configuration, archive and index go.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def demo_command(directory: Path, port: int, host: str) -> None:
    """The sample sites, crawled and searchable."""
    check_port(host, port)
    config = directory / "crawl_config.yaml"
    with _serve_samples(config) as sites:
        _prepare(
            directory, config, {name: site.base_url for name, site in sites.items()}, host, port
        )
        settings = load_settings(config)
        for name, site in sites.items():
            click.echo(f"{_TITLES[name]}: {site.base_url}/")
        run_in_foreground(settings, "crawl", task_of(settings, "crawl"))
        _serve(config)


def _serve_samples(config: Path) -> SampleSites:
    """The sample sites, on the ports of the last demo if they are free: pages keep their
    addresses then."""
    builders = {"portal": portal.build, "service_center": service_center.build}
    try:
        return SampleSites(builders, _last_ports(config))
    except OSError:
        return SampleSites(builders)


def _last_ports(config: Path) -> dict[str, int]:
    try:
        settings = load_settings(config)
    except ConfigError:
        return {}
    return {site.name: urlsplit(site.start_urls[0]).port or 0 for site in settings.sites}


def _prepare(directory: Path, config: Path, urls: dict[str, str], host: str, port: int) -> None:
    """Write the configuration; what was crawled under other addresses is of no use now."""
    if _last_ports(config) != {name: urlsplit(url).port for name, url in urls.items()}:
        shutil.rmtree(directory / "data", ignore_errors=True)
    directory.mkdir(parents=True, exist_ok=True)
    content = {
        "storage": {"directory": "data"},
        "sites": [
            {"name": name, "title": _TITLES[name], "start_urls": [f"{url}/"]}
            for name, url in urls.items()
        ],
        "crawl": {"delay_seconds": 0, "allow_private_addresses": True},
        "server": {"host": host, "port": port},
    }
    config.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def _serve(config: Path) -> None:
    """The service in a process of its own, as long as this one serves the sample sites."""
    command = [sys.executable, "-m", "search_api.cli", "--config", str(config), "run"]
    service = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603

    def stop(_signal: int, _frame: FrameType | None) -> None:
        service.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.exit(service.wait())
