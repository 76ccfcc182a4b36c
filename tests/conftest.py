"""What holds for every test.

With ``QZSEARCH_NO_SKIPS`` set, as in ``.ci/run``, a skipped test fails the run: there every
component is installed, so that a skip hides something.
"""

from __future__ import annotations

import os

import hypothesis
import pytest

NO_SKIPS = "QZSEARCH_NO_SKIPS"

# Test processes share the cores, and a first call may load a dictionary: how long one example
# takes says nothing here. Tests that bound time do so themselves.
hypothesis.settings.register_profile("qzsearch", deadline=None)
hypothesis.settings.load_profile("qzsearch")


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", ())) if reporter is not None else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that was good but for skips is not good where nothing may be skipped."""
    if os.environ.get(NO_SKIPS) and not exitstatus and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say why the run failed although no test did."""
    skipped = _skipped(config)
    if os.environ.get(NO_SKIPS) and skipped:
        terminalreporter.write_line(
            f"{len(skipped)} skipped, and {NO_SKIPS} is set: the run fails", red=True
        )
