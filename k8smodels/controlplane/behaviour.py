"""What the programs in images do: the part of a cluster that Kubernetes does not decide.

A simulation has no real programs. `Behaviour` says of an image how long its program runs, how it answers probes, what
it writes to its log, and how the image comes to a node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from k8smodels.runtime import Answer, Program
from k8smodels.runtime.programs import SERVER


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the containers of an image do.

    Attributes
    ----------
    program
        How it runs and ends.
    answers
        How it answers each kind of probe, by the age of the container; a kind that is missing is always answered well.
    pull_error
        Why the image cannot be pulled; empty if it can.
    cpu_milli
        What a container uses, in thousandths of a CPU, while nobody sends it any load.
    log
        The lines that it writes when it starts.
    """

    program: Program = SERVER
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    pull_error: str = ""
    cpu_milli: int = 5
    log: tuple[str, ...] = ()


WELL_BEHAVED = Behaviour()
"""A server that starts at once, answers every probe and ends when it is told to."""


def ready_after(seconds: float, **fields: object) -> Behaviour:
    """A server whose readiness probe succeeds only from so many seconds after its start on."""
    answers = {"readiness": (Answer(success=False, output="connection refused"), Answer(from_seconds=seconds))}
    return Behaviour(answers=answers, **fields)  # type: ignore[arg-type]


def never_ready(output: str = "HTTP probe failed with statuscode: 503") -> Behaviour:
    """A server whose readiness probe always fails."""
    return Behaviour(answers={"readiness": (Answer(success=False, output=output),)})
