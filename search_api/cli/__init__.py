"""The command ``qzsearch``."""

from __future__ import annotations

import sqlite3
import sys
from importlib import import_module
from typing import Final

import click

from indexer.config_errors import ConfigError
from search_api.cli.setting import ConfigFile, Failure

_COMMANDS: Final = {
    "run": "services:run_command",
    "serve": "services:serve_command",
    "schedule": "services:schedule_command",
    "crawl": "jobs:crawl_command",
    "report": "reports:report_command",
    "confirm": "jobs:confirm_command",
    "personal-data": "personal_data:personal_data_command",
    "reindex": "jobs:reindex_command",
    "import": "data:import_command",
    "export": "data:export_command",
    "search": "queries:search_command",
    "evaluate": "queries:evaluate_command",
    "status": "state:status_command",
    "check": "state:check_command",
    "token": "tokens:token_group",
    "demo": "demo:demo_command",
}
"""Module and name of each command. One is imported when it is called: together they load
servers, parsers and a browser's worth of libraries, which takes longer than most commands."""


class _LazyGroup(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"search_api.cli.{module}"), name)
        return command


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    metavar="FILE",
    default="crawl_config.yaml",
    show_default=True,
    help="The configuration file.",
)
@click.version_option(package_name="qzsearch", prog_name="qzsearch")
@click.pass_context
def qzsearch(context: click.Context, config: str) -> None:
    """Search for a city's government portal and service centre."""
    context.obj = ConfigFile(config)


def main() -> None:
    """Entry point. Exit status: 0 done, 1 the work failed, 2 wrong use or configuration."""
    try:
        status = qzsearch.main(prog_name="qzsearch", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.UsageError as error:
        where = f" (see '{error.ctx.command_path} --help')" if error.ctx else ""
        _complain(f"{error.format_message()}{where}")
        sys.exit(2)
    except ConfigError as error:
        for line in error.lines:
            _complain(line)
        sys.exit(2)
    except (Failure, click.ClickException) as error:
        _complain(str(error))
        sys.exit(1)
    except sqlite3.Error as error:
        _complain(f"a database in the data folder cannot be used: {error}; see 'qzsearch check'")
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted; the next run continues")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone
        sys.exit(1)
    except OSError as error:
        _complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
        sys.exit(1)


def _complain(line: str) -> None:
    click.echo(f"qzsearch: {line}", err=True)
