"""A command line as a reader types it: words, flags, and kubectl's own complaints.

References
----------
github.com/spf13/pflag: flag.go, errors.go (v1.0.10); k8s.io/kubectl/pkg/util/templates/templater.go: FlagErrorFunc
(v1.37)
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.controlplane.kubectl.errors import KubectlError

MAX_CHARACTERS = 16_384
"""A longer line is refused."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a command.

    Attributes
    ----------
    name, short
        ``--namespace`` and ``-n``, without the dashes.
    takes_value
        Whether a value follows; if not, it is true or false.
    alone
        What it means if it stands alone although it may have a value.
    many
        Whether it may be given several times.
    """

    name: str
    short: str = ""
    takes_value: bool = True
    alone: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    Attributes
    ----------
    words
        What is no flag.
    flags
        The values of the flags, by long name.
    """

    words: tuple[str, ...]
    flags: Mapping[str, str]


def split(line: str) -> list[str]:
    """The words of a line, as a shell splits it.

    Raises
    ------
    KubectlError
        The line is too long, or a quote has no end.
    """
    if len(line) > MAX_CHARACTERS:
        raise KubectlError(f"argument list too long: {len(line)} characters, at most {MAX_CHARACTERS}")
    try:
        return shlex.split(line)
    except ValueError:
        raise KubectlError("unexpected EOF while looking for matching quote") from None


def parse(words: Iterable[str], flags: Iterable[Flag], command: str) -> Line:
    """Tell flags from words.

    Parameters
    ----------
    words
        What stands behind `command`.
    flags
        Those that the command has.
    command
        Its whole name, for errors.

    Raises
    ------
    KubectlError
        A flag that it does not have, or one without its value.
    """
    known = {flag.name: flag for flag in flags}
    try:
        return _parse(list(words), known)
    except KubectlError as error:
        raise KubectlError(f"{error.problem}\nSee '{command} --help' for usage.") from None


def _parse(left: list[str], known: Mapping[str, Flag]) -> Line:
    words: list[str] = []
    values: dict[str, str] = {}
    left.reverse()
    while left:
        word = left.pop()
        if word == "--":
            return Line((*words, *reversed(left)), values)
        if word.startswith("--"):
            _long(word, left, known, values)
        elif word.startswith("-") and word != "-":
            _short(word, left, known, values)
        else:
            words.append(word)
    return Line(tuple(words), values)


def _long(word: str, left: list[str], known: Mapping[str, Flag], values: dict[str, str]) -> None:
    name, has_value, value = word[2:].partition("=")
    if not name or name.startswith("-"):
        raise KubectlError(f"bad flag syntax: {word[:100]}")
    flag = known.get(name.replace("_", "-"))
    if flag is None:
        raise KubectlError(f"unknown flag: --{name[:100]}")
    if has_value:
        _set(flag, value, values)
    elif not flag.takes_value or flag.alone:
        _set(flag, flag.alone or "true", values)
    elif left:
        _set(flag, left.pop(), values)
    else:
        raise KubectlError(f"flag needs an argument: --{name}")


def _short(word: str, left: list[str], known: Mapping[str, Flag], values: dict[str, str]) -> None:
    by_letter = {flag.short: flag for flag in known.values() if flag.short}
    letters = word[1:]
    while letters:
        shown, letter, letters = letters, letters[0], letters[1:]
        flag = by_letter.get(letter)
        if flag is None:
            raise KubectlError(f"unknown shorthand flag: '{letter}' in -{shown[:100]}")
        if len(letters) > 1 and letters[0] == "=":
            _set(flag, letters[1:], values)
            return
        if not flag.takes_value or flag.alone:
            _set(flag, flag.alone or "true", values)
        elif letters or left:
            _set(flag, letters or left.pop(), values)
            return
        else:
            raise KubectlError(f"flag needs an argument: '{letter}' in -{shown}")


def _set(flag: Flag, value: str, values: dict[str, str]) -> None:
    earlier = values.get(flag.name)
    values[flag.name] = f"{earlier},{value}" if flag.many and earlier is not None else value
