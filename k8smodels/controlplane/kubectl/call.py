"""One call of kubectl: what was typed, and the cluster that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from k8smodels.api.durations import SECOND_NS, DurationError, parse_duration
from k8smodels.api.gotext import quote
from k8smodels.controlplane.api_server import APIServer, Caller
from k8smodels.controlplane.kubectl.errors import KubectlError

if TYPE_CHECKING:
    from k8smodels.controlplane.cluster import Cluster

USER = Caller("kubectl")
"""Who asks, as the journal names it."""

FOREVER_SECONDS = 3600.0
"""How much virtual time a command may pass that would wait for ever."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its words and flags.

    Attributes
    ----------
    cluster
        Where it is carried out.
    namespace
        The namespace that it is for.
    words
        What stands behind the command and is no flag.
    flags
        Values by the long name of the flag; flags that were not given are missing.
    manifests
        The texts that ``-f`` names, each after its name.
    """

    cluster: Cluster
    namespace: str = "default"
    words: tuple[str, ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)
    manifests: tuple[tuple[str, str], ...] = ()

    @property
    def server(self) -> APIServer:
        """The API server."""
        return self.cluster.server

    @property
    def now(self) -> datetime:
        """The present."""
        return self.cluster.clock.now

    def text(self, flag: str, default: str = "") -> str:
        """The value of a flag."""
        return self.flags.get(flag, default)

    def is_on(self, flag: str, *, default: bool = False) -> bool:
        """Whether a flag that is true or false is true."""
        value = self.flags.get(flag)
        if value is None:
            return default
        if value in ("1", "t", "T", "true", "TRUE", "True"):
            return True
        if value in ("0", "f", "F", "false", "FALSE", "False"):
            return False
        raise _invalid(flag, value, f"strconv.ParseBool: parsing {quote(value)}: invalid syntax")

    def number(self, flag: str, default: int) -> int:
        """The value of a flag that is a whole number."""
        value = self.flags.get(flag)
        if value is None:
            return default
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise _invalid(flag, value, f"strconv.ParseInt: parsing {quote(value)}: invalid syntax")
        return int(value)

    def seconds(self, flag: str, default: float = 0.0) -> float:
        """The value of a flag that is a length of time."""
        value = self.flags.get(flag)
        if value is None:
            return default
        try:
            return parse_duration(value) / SECOND_NS
        except DurationError as error:
            raise _invalid(flag, value, str(error)) from None


Run = Callable[[Call], Iterator[str]]
"""What carries a command out: it yields what is printed, line by line, and may end with an error."""


def _invalid(flag: str, value: str, why: str) -> KubectlError:
    return KubectlError(f"invalid argument {quote(value[:100])} for {quote(f'--{flag}')} flag: {why}")
