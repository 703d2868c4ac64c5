"""A subset of Dockerfiles: read line by line, errors in BuildKit's words with the line.

The subset: ``FROM``, ``RUN``, ``COPY``, ``ADD`` (local), ``ENV``, ``WORKDIR``, ``CMD``, ``ENTRYPOINT``, ``LABEL``,
``EXPOSE``, ``USER``, ``ARG``. Left out: the other instructions, here-documents, parser directives, flags other than
``--from``, variables in a modified form such as ``${name:-default}``, and single quotes that protect a variable.

References
----------
moby/buildkit v0.25.0 frontend/dockerfile/parser/parser.go, instructions/parse.go
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.gotext import quote

MAX_DOCKERFILE_BYTES = 1024 * 1024

SUBSET = ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "LABEL", "RUN", "USER", "WORKDIR")
LEFT_OUT = ("HEALTHCHECK", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL", "VOLUME")

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_HERE_DOCUMENT = re.compile(r"(?:^|\s)\d*<<-?['\"]?[A-Za-z_]")


class DockerfileError(ValueError):
    """A line that cannot be built.

    Attributes
    ----------
    line
        Its number, counted from 1.
    problem
        What is wrong, in BuildKit's words where it has words for it.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line, self.problem = line, problem

    def __str__(self) -> str:
        return f"Dockerfile:{self.line}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    Attributes
    ----------
    line
        Where it begins, counted from 1.
    name
        In capitals.
    text
        What stands behind the name, continued lines joined.
    arguments
        The words: sources and target, ``key=value`` pairs, ports; of ``RUN``, ``CMD`` and ``ENTRYPOINT`` the command.
    source_stage
        What ``COPY --from`` names, else empty.
    exec_form
        Whether the command is written as a JSON list, and runs without a shell.
    """

    line: int
    name: str
    text: str
    arguments: tuple[str, ...]
    source_stage: str = ""
    exec_form: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the build that begins with ``FROM``.

    Attributes
    ----------
    base
        The image or the stage that it begins with.
    name
        What ``AS`` calls it, else its number.
    start
        The ``FROM``.
    instructions
        What follows.
    """

    base: str
    name: str
    start: Instruction
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile of the subset.

    Attributes
    ----------
    arguments
        ``ARG`` before the first ``FROM``.
    stages
        The stages; the last one is what is built.
    """

    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]


def parse_dockerfile(text: str) -> Dockerfile:
    """Read a Dockerfile.

    Raises
    ------
    DockerfileError
        Something outside the subset, with its line.
    """
    if len(text) > MAX_DOCKERFILE_BYTES:
        raise DockerfileError(1, f"the file is too large: must have at most {MAX_DOCKERFILE_BYTES} bytes")
    instructions = [_instruction(line, written) for line, written in _logical_lines(text)]
    if not instructions:
        raise DockerfileError(1, "file with no instructions")
    first = next((i for i, item in enumerate(instructions) if item.name == "FROM"), len(instructions))
    early = next((item for item in instructions[:first] if item.name != "ARG"), None)
    if early is not None:
        raise DockerfileError(early.line, "no build stage in current context")
    if first == len(instructions):
        raise DockerfileError(instructions[-1].line, "dockerfile contains no stages to build")
    return Dockerfile(tuple(instructions[:first]), tuple(_stages(instructions[first:])))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Instructions with the number of their first line: continued lines joined, comments and empty lines left out."""
    start, joined = 0, ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        start = start or number
        continued = stripped.endswith("\\")
        joined += line.rstrip()[:-1] if continued else line.rstrip()
        if not continued:
            yield start, joined.strip()
            start, joined = 0, ""
    if joined.strip():
        yield start, joined.strip()


def _instruction(line: int, written: str) -> Instruction:
    word, *rest = written.split(None, 1)
    name, text = word.upper(), rest[0] if rest else ""
    if name in LEFT_OUT:
        raise DockerfileError(line, f"{name} is not among the instructions of this model: {', '.join(SUBSET)}")
    if name not in SUBSET:
        raise DockerfileError(line, f"unknown instruction: {quote(word)[1:-1][:200]}")
    if not text:
        raise DockerfileError(line, _too_few(name))
    if name in ("RUN", "COPY", "ADD") and _HERE_DOCUMENT.search(text):
        raise DockerfileError(line, "here-documents are not read by this model")
    return _with_arguments(Instruction(line, name, text, ()))


def _with_arguments(item: Instruction) -> Instruction:
    flags, rest = _flags(item)
    if item.name in ("RUN", "CMD", "ENTRYPOINT"):
        command = _json_list(rest)
        return Instruction(item.line, item.name, item.text, command or (rest,), exec_form=command is not None)
    words = _json_list(rest) if item.name in ("COPY", "ADD") else None
    arguments = words if words is not None else tuple(_words(item.line, item.name, rest))
    _check_count(item, arguments)
    return Instruction(item.line, item.name, item.text, arguments, flags.get("from", ""))


def _flags(item: Instruction) -> tuple[dict[str, str], str]:
    """The flags in front and what follows; the only one of the subset is ``COPY --from``."""
    flags: dict[str, str] = {}
    rest = item.text
    while item.name not in ("ENV", "LABEL") and rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        name, equals, value = flag[2:].partition("=")
        if item.name != "COPY" or name != "from":
            raise DockerfileError(item.line, f"unknown flag: --{quote(name)[1:-1][:200]}")
        if not equals or not value:
            raise DockerfileError(item.line, "missing a value on flag: --from")
        if name in flags:
            raise DockerfileError(item.line, "duplicate flag specified: --from")
        flags[name], rest = value, rest.lstrip()
    return flags, rest


def _words(line: int, name: str, text: str) -> Iterator[str]:
    if name == "WORKDIR":
        yield text
        return
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise DockerfileError(line, f"{error}: must have balanced quotes") from None
    if name in ("ENV", "LABEL"):
        yield from _pairs(line, name, text, words)
    else:
        yield from words


def _pairs(line: int, name: str, text: str, words: list[str]) -> Iterator[str]:
    """``key=value`` words, or in the old form one key and the rest of the line."""
    if words and "=" not in words[0]:
        key, *value = text.split(None, 1)
        if not value:
            raise DockerfileError(line, f"{name} must have two arguments")
        yield f"{key}={value[0]}"
        return
    for word in words:
        if "=" not in word:
            problem = f"Syntax error - can't find = in {quote(word[:200])}. Must be of the form: name=value"
            raise DockerfileError(line, problem)
        if word.startswith("="):
            raise DockerfileError(line, f"{name} names can not be blank")
        yield word


def _json_list(text: str) -> tuple[str, ...] | None:
    """The words of a JSON list of strings; None if `text` is none, which then is words or a line for the shell."""
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return tuple(found) if isinstance(found, list) and all(isinstance(word, str) for word in found) else None


def _check_count(item: Instruction, arguments: tuple[str, ...]) -> None:
    if item.name in ("COPY", "ADD") and len(arguments) < 2:
        raise DockerfileError(item.line, _too_few(item.name))
    if item.name == "USER" and len(arguments) != 1:
        raise DockerfileError(item.line, "USER requires exactly one argument")
    if item.name == "ADD" and any("://" in word or word.startswith("git@") for word in arguments[:-1]):
        raise DockerfileError(item.line, "ADD of a remote source is not read by this model: must be a local path")
    if item.name == "FROM" and not (len(arguments) == 1 or (len(arguments) == 3 and arguments[1].upper() == "AS")):
        raise DockerfileError(item.line, "FROM requires either one or three arguments")


def _too_few(name: str) -> str:
    if name in ("COPY", "ADD"):
        return f"{name} requires at least two arguments, but only one was provided. Destination could not be determined"
    if name == "FROM":
        return "FROM requires either one or three arguments"
    return f"{name} requires {'exactly' if name in ('WORKDIR', 'USER') else 'at least'} one argument"


def _stages(instructions: list[Instruction]) -> Iterator[Stage]:
    starts = [i for i, item in enumerate(instructions) if item.name == "FROM"]
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(instructions)], strict=True)):
        start = instructions[begin]
        name = start.arguments[2].lower() if len(start.arguments) == 3 else str(number)
        if len(start.arguments) == 3 and not _STAGE_NAME.fullmatch(name):
            called = quote(start.arguments[2][:200])
            reason = "name can't start with a number or contain symbols"
            raise DockerfileError(start.line, f"invalid name for build stage: {called}, {reason}")
        yield Stage(start.arguments[0], name, start, tuple(instructions[begin + 1 : end]))
