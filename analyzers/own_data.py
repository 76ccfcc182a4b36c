"""The data files beside the code: YAML that the project itself has written."""

from __future__ import annotations

from typing import IO, Any, Final

import yaml

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML has it: it reads all files of a process in a tenth of the time, which
each start of a command or a worker would wait for."""


def load_yaml(text: str | bytes | IO[str]) -> Any:
    """What a data file of the project says. What anybody else wrote is read by those who check
    it: libyaml ends the process on brackets without end.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe loader
