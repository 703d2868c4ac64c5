"""What a build answers: each step with its cache key and the reason why it was made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from k8smodels.images.dockerfile import Instruction
from k8smodels.images.image import Image
from k8smodels.images.layer import Layer

Verdict = Literal["CACHED", "run", "configuration"]
Cause = Literal[
    "first build",
    "step above",
    "instruction",
    "user",
    "working directory",
    "variables",
    "files",
    "not in the cache",
]


@dataclass(frozen=True, slots=True)
class BuildStep:
    """One instruction of a build.

    Attributes
    ----------
    stage
        The stage's name.
    instruction
        What is written.
    verdict
        Whether its layer was in the cache, had to be made, or there is none.
    key
        The cache key, empty without a layer.
    cause
        Why it was not in the cache: what differs from the build before; None if it was.
    changed
        What exactly: files or variables.
    size_bytes
        The sizes of the files in its layer.
    """

    stage: str
    instruction: Instruction
    verdict: Verdict
    key: str = ""
    cause: Cause | None = None
    changed: tuple[str, ...] = ()
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class BuildCache:
    """Layers by key, and what decided each step of the last build.

    Attributes
    ----------
    layers
        Key to changeset.
    last
        Stage and place among its steps with a layer, to what the key was made of.
    """

    layers: Mapping[str, Layer] = field(default_factory=dict)
    last: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Build:
    """A finished build.

    Attributes
    ----------
    image
        The image of the last stage.
    steps
        Each instruction of the stages that were needed, in order.
    skipped
        Stages that the last one does not need; they are not built.
    cache
        The cache for the next build.
    """

    image: Image
    steps: tuple[BuildStep, ...]
    skipped: tuple[str, ...]
    cache: BuildCache

    @property
    def first_missed(self) -> BuildStep | None:
        """The first step that was not in the cache."""
        return next((step for step in self.steps if step.verdict == "run"), None)
