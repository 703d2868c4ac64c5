"""What the program in a container does: the part that Kubernetes does not decide.

References
----------
pid_namespaces(7), signal(7); tini's README for what an init adds
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program, from start to end, if nobody stops it.

    Attributes
    ----------
    seconds
        How long it lasts; None: for ever.
    exit_code
        How it ends.
    """

    seconds: float | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """How a program ends after the stop signal.

    Attributes
    ----------
    after_seconds
        None: it does not.
    why
        The reason, in a sentence.
    """

    after_seconds: float | None
    exit_code: int
    why: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program.

    Attributes
    ----------
    runs
        Its runs; the last one stands for all that follow.
    startup_seconds
        How long after its start its startup probe first succeeds.
    handles_sigterm
        Whether it has a handler for the stop signal.
    under_init
        Whether an init such as tini is the container's first process, and the program its child.
    stop_seconds, stop_exit_code
        How its handler ends it.
    pre_stop_seconds
        How long its preStop hook takes.
    """

    runs: tuple[Run, ...] = (Run(),)
    startup_seconds: float = 0
    handles_sigterm: bool = True
    under_init: bool = False
    stop_seconds: float = 0
    stop_exit_code: int = 0
    pre_stop_seconds: float = 0

    def run(self, attempt: int) -> Run:
        """The run of that number."""
        return self.runs[min(attempt, len(self.runs) - 1)]

    def on_stop(self) -> Stop:
        """What SIGTERM does to it.

        The first process of a PID namespace gets only signals that it has a handler for; any other process without a
        handler is ended by the signal's default action.
        """
        if self.handles_sigterm:
            return Stop(self.stop_seconds, self.stop_exit_code, _("its handler of SIGTERM ends it"))
        if self.under_init:
            return Stop(0, 128 + 15, _("the init passes SIGTERM on, and its default action ends the program"))
        return Stop(None, 128 + 9, _("the first process of a container ignores a signal that it has no handler for"))


SERVER = Program()
"""Runs until it is told to stop, and stops at once."""


def job(seconds: float, exit_code: int = 0) -> Program:
    """A program that ends by itself."""
    return Program(runs=(Run(seconds, exit_code),))
