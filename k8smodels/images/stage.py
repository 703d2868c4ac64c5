"""A stage of a build while it is built: files, configuration, variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from k8smodels.images.dockerfile import DockerfileError, Instruction
from k8smodels.images.image import HistoryEntry, ImageLayer
from k8smodels.images.layer import FileTree

_VARIABLE = re.compile(r"\\(.)|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}|(\{[^}]*\}?))")


@dataclass(frozen=True, slots=True)
class StageState:
    """What the next instruction starts from.

    Attributes
    ----------
    tree
        The files so far.
    key
        The cache key of the last step that made files.
    layers, history
        What was made so far.
    environment, arguments
        ``ENV`` and ``ARG``.
    config
        The other fields of the image's configuration.
    command_set
        Whether this stage has a ``CMD`` of its own.
    """

    tree: FileTree = field(default_factory=dict)
    key: str = "scratch"
    layers: tuple[ImageLayer, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    command_set: bool = False

    @property
    def workdir(self) -> str:
        """The working directory."""
        return str(self.config.get("WorkingDir", "/"))

    @property
    def variables(self) -> dict[str, str]:
        """What a command and ``$NAME`` see; ``ENV`` wins over ``ARG``."""
        return {**self.arguments, **self.environment}

    def image_config(self) -> dict[str, Any]:
        """The configuration's object."""
        environment = [f"{name}={value}" for name, value in self.environment.items()]
        return dict(self.config) | ({"Env": environment} if environment else {})


def expand(text: str, variables: Mapping[str, str], line: int) -> str:
    """`text` with ``$NAME`` and ``${NAME}`` replaced; an unknown variable is empty.

    Raises
    ------
    DockerfileError
        A modified form, such as ``${NAME:-default}``.
    """

    def value(found: re.Match[str]) -> str:
        if found[4] is not None:
            raise DockerfileError(line, f"unsupported modifier in substitution: ${found[4][:200]}")
        return found[1] if found[1] is not None else variables.get(found[2] or found[3], "")

    return _VARIABLE.sub(value, text)


def configured(
    state: StageState, item: Instruction, build_args: Mapping[str, str], globals_: Mapping[str, str]
) -> StageState:
    """The state after an instruction that changes no file: the history grows, the layers do not."""
    state = replace(state, history=(*state.history, HistoryEntry(str(item), empty_layer=True)))
    words = [expand(word, state.variables, item.line) for word in item.arguments]
    match item.name:
        case "ENV":
            return replace(state, environment={**state.environment, **_pairs(words)})
        case "ARG":
            return replace(state, arguments={**state.arguments, **declared(words, build_args, globals_)})
        case "LABEL":
            return _with_config(state, "Labels", {**state.config.get("Labels", {}), **_pairs(words)})
        case "EXPOSE":
            ports: dict[str, dict[str, str]] = {word if "/" in word else f"{word}/tcp": {} for word in words}
            return _with_config(state, "ExposedPorts", {**state.config.get("ExposedPorts", {}), **ports})
        case "USER":
            return _with_config(state, "User", words[0])
        case "WORKDIR":
            return _with_config(state, "WorkingDir", posixpath.normpath(posixpath.join(state.workdir, words[0])))
        case "ENTRYPOINT":
            return _with_config(_without_inherited_command(state), "Entrypoint", command(item))
        case _:
            return _with_config(replace(state, command_set=True), "Cmd", command(item))


def _without_inherited_command(state: StageState) -> StageState:
    """A new entry point drops the command of the base image, not one that this stage has set."""
    if state.command_set:
        return state
    return replace(state, config={key: value for key, value in state.config.items() if key != "Cmd"})


def command(item: Instruction) -> list[str]:
    """What is run: the list as it is written, or the shell with the line."""
    return list(item.arguments) if item.exec_form else ["/bin/sh", "-c", *item.arguments]


def declared(words: Sequence[str], build_args: Mapping[str, str], globals_: Mapping[str, str]) -> dict[str, str]:
    """The values of ``ARG`` words: from the command line, the default, or an ``ARG`` before the first ``FROM``."""
    found = {}
    for word in words:
        name, equals, default = word.partition("=")
        value = build_args.get(name, default if equals else globals_.get(name))
        if value is not None:
            found[name] = value
    return found


def _pairs(words: Sequence[str]) -> dict[str, str]:
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _with_config(state: StageState, key: str, value: Any) -> StageState:
    return replace(state, config={**state.config, key: value})
