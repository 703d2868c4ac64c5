"""Reading files of cases and running them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from k8smodels.conformance.compare import differing_places
from k8smodels.conformance.report import JSON, Difference, Known, SuiteReport
from k8smodels.conformance.suites import Adapter, UnknownSuiteError, adapter_of
from k8smodels.i18n import _


class CaseFileError(ValueError):
    """A file that cannot be run: unreadable, not in the format, or of a suite that no model answers for."""


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    input: JSON
    want: JSON


def case_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that `paths` stand for: a directory is all ``*.json`` below it, in order of name.

    Raises
    ------
    CaseFileError
        A directory holds none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.json"))
        if not found:
            raise CaseFileError(_("{path}: no *.json file in this directory").format(path=path))
        yield from found


def run_file(path: Path | str) -> SuiteReport:
    """Run every case of the file at `path`.

    Raises
    ------
    CaseFileError
        The file cannot be run.
    """
    document = _read(Path(path))
    suite = document["suite"]
    try:
        adapter = adapter_of(suite)
    except UnknownSuiteError:
        raise CaseFileError(_("{path}: unknown suite {suite}").format(path=path, suite=json.dumps(suite))) from None
    passed, known, differences = 0, list[Known](), list[Difference]()
    cases = [_Case(case["name"], case["input"], case["want"]) for case in document["cases"]]
    for case in cases:
        found = _differences(adapter, case)
        reason = _known_reason(adapter, case) if found else None
        if not found:
            passed += 1
        elif reason is not None:
            known.append(Known(case.name, reason))
        else:
            differences += found
    words = (document["kubernetes"], document["source"], document["about"])
    return SuiteReport(suite, *words, len(cases), passed, tuple(known), tuple(differences))


def _differences(adapter: Adapter, case: _Case) -> list[Difference]:
    try:
        got = adapter.run(case.input)
    except Exception as error:  # noqa: BLE001 - a broken model is one more difference, not the end of the run
        return [Difference(case.name, "", case.want, f"{type(error).__name__}: {error}")]
    if adapter.sometimes:
        got = {key: value for key, value in got.items() if key in case.want or key not in adapter.sometimes}
    return [Difference(case.name, *place) for place in differing_places(case.want, got)]


def _known_reason(adapter: Adapter, case: _Case) -> str | None:
    return next((known.reason for known in adapter.known if known.applies(case.input)), None)


def _read(path: Path) -> dict[str, JSON]:
    """The file's JSON, which has the form of a file of cases."""
    try:
        document: dict[str, JSON] = json.loads(path.read_bytes())
    except OSError as error:
        raise CaseFileError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CaseFileError(_("{path}: not JSON: {problem}").format(path=path, problem=error)) from None
    problem = _format_problem(document)
    if problem:
        raise CaseFileError(_("{path}: not a file of cases: {problem}").format(path=path, problem=problem))
    return document


def _format_problem(document: JSON) -> str | None:
    if not isinstance(document, Mapping):
        return _("it is no object")
    for key in ("suite", "kubernetes", "source", "about"):
        if not isinstance(document.get(key), str):
            return _("{key} is missing, or no text").format(key=key)
    cases = document.get("cases")
    if not isinstance(cases, list) or not cases:
        return _("it has no cases")
    for i, case in enumerate(cases):
        if not isinstance(case, Mapping) or not {"name", "input", "want"} <= case.keys():
            return _("case {number} lacks name, input or want").format(number=i + 1)
    return None
