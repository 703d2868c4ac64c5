from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.conformance import Adapter, CaseFileError, Difference, KnownDifference, run_file, runner
from k8smodels.conformance.__main__ import main
from k8smodels.conformance.compare import differing_places
from k8smodels.conformance.report import ABSENT, SuiteReport

ROOT = Path(__file__).parents[2]
GOOD = {"op": "parse", "s": "1.5"}
GOOD_WANT = {"canonical": "1500m", "format": "DecimalSI", "milliValue": 1500, "sign": 1, "value": 2}
WRONG_WANT = GOOD_WANT | {"value": 1}

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def write(path: Path, *wants: Any, suite: str = "api/quantity") -> Path:
    cases = [{"name": f"case {i}", "input": GOOD, "want": want} for i, want in enumerate(wants)]
    document = {"suite": suite, "kubernetes": "v1.37.2", "source": "source", "about": "about", "cases": cases}
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite whose model is wrong for 3, as declared, and breaks at 5."""

    def square(number: int) -> int:
        if number == 5:
            raise RuntimeError("too much")
        return -1 if number == 3 else number * number

    adapter = Adapter(square, (KnownDifference(lambda number: number in (2, 3), "threes are left out"),))
    monkeypatch.setattr(runner, "adapter_of", {"x/y": adapter}.__getitem__)


def write_squares(path: Path, *numbers: int) -> Path:
    cases = [{"name": str(number), "input": number, "want": number * number} for number in numbers]
    document = {"suite": "x/y", "kubernetes": "v1", "source": "", "about": "", "cases": cases}
    path.write_text(json.dumps(document))
    return path


def test_a_suite_that_passes_is_one_line_and_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write(tmp_path / "a.json", GOOD_WANT, GOOD_WANT))]) == 0
    assert capsys.readouterr().out == "api/quantity 2/2\n"


def test_a_difference_names_case_place_and_both_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write(tmp_path / "a.json", GOOD_WANT, WRONG_WANT))]) == 1
    assert capsys.readouterr().out == "api/quantity 1/2\n  case 1: value: wanted 1, got 2\n"


def test_ten_differences_of_a_suite_are_printed_and_all_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write(tmp_path / "a.json", *[WRONG_WANT] * 12))
    assert main([path]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  ... 2 more (--all)"
    assert main(["--all", path]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 13


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file"),
        ("{", "not JSON"),
        ("[]", "not a file of cases"),
        ('{"suite": "api/quantity"}', "kubernetes is missing"),
        ('{"suite": "api/quantity", "kubernetes": "", "source": "", "about": "", "cases": []}', "no cases"),
        ('{"suite": "api/quantity", "kubernetes": "", "source": "", "about": "", "cases": [{"name": ""}]}', "case 1"),
        ('{"suite": "api/x", "kubernetes": "", "source": "", "about": "", "cases": [{"name": "", "input": 1, "want": 1}]}', "unknown suite"),  # noqa: E501
        ('{"suite": "x", "kubernetes": "", "source": "", "about": "", "cases": [{"name": "", "input": 1, "want": 1}]}', "unknown suite"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_run_is_status_2_and_the_others_still_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, problem: str
) -> None:
    bad = tmp_path / "bad.json"
    if content is not None:
        bad.write_text(content)
    assert main([str(bad), str(write(tmp_path / "good.json", WRONG_WANT))]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"{bad}: ")
    assert problem in printed.err
    assert printed.out.startswith("api/quantity 0/1\n")


def test_a_directory_is_all_files_below_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "below").mkdir()
    write(tmp_path / "below" / "b.json", GOOD_WANT)
    write(tmp_path / "a.json", GOOD_WANT, GOOD_WANT)
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "api/quantity 2/2\napi/quantity 1/1\n"


def test_an_empty_directory_is_an_error_not_a_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no *.json" in capsys.readouterr().err


def test_no_argument_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2


@pytest.mark.usefixtures("squares")
def test_a_declared_difference_is_counted_apart_and_fails_nothing(tmp_path: Path) -> None:
    report = run_file(write_squares(tmp_path / "a.json", 1, 2, 3))
    assert (report.passed, report.total, report.ok) == (2, 3, True)
    assert [item.case for item in report.known] == ["3"]
    assert list(report.lines()) == ["x/y 2/3, 1 known differences", "  known: threes are left out"]


@pytest.mark.usefixtures("squares")
def test_a_model_that_breaks_is_a_difference_that_says_how(tmp_path: Path) -> None:
    report = run_file(write_squares(tmp_path / "a.json", 4, 5))
    assert report.differences == (Difference("5", "", 25, "RuntimeError: too much"),)
    assert not report.ok


def test_the_machine_form_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.json", GOOD_WANT, GOOD_WANT | {"extra": None}, {"canonical": "1500m"})
    assert main(["--json", str(path), str(tmp_path / "missing.json")]) == 2
    document = json.loads(capsys.readouterr().out)
    (suite,) = document["suites"]
    assert document["ok"] is False
    assert len(document["errors"]) == 1
    assert (suite["suite"], suite["kubernetes"], suite["passed"], suite["total"]) == ("api/quantity", "v1.37.2", 1, 3)
    assert suite["differences"][0] == {"case": "case 1", "path": "extra", "wanted": None}
    assert {"case": "case 2", "path": "value", "got": 2} in suite["differences"]


def test_the_machine_form_of_a_success_is_ok(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(write(tmp_path / "a.json", GOOD_WANT))]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


@given(trees)
def test_a_tree_does_not_differ_from_itself(tree: Any) -> None:
    assert list(differing_places(tree, json.loads(json.dumps(tree)))) == []


@given(trees, trees)
def test_trees_that_are_not_the_same_json_differ_somewhere(left: Any, right: Any) -> None:
    same = json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
    assert (list(differing_places(left, right)) == []) == same


@pytest.mark.parametrize(
    ("wanted", "got", "place"),
    [
        ({"scores": {"n1": {"Fit": 1}}}, {"scores": {"n1": {"Fit": 2}}}, ("scores.n1.Fit", 1, 2)),
        ({"a": [1, 2]}, {"a": (1,)}, ("a[1]", 2, ABSENT)),
        ([{"b": 1}], [{"b": 1, "c": None}], ("[0].c", ABSENT, None)),
        ({"example.com/x": 1}, {"example.com/x": True}, ("[example.com/x]", 1, True)),
        ({"a": {}}, {"a": []}, ("a", {}, [])),
    ],
)
def test_a_path_names_the_deepest_place(wanted: Any, got: Any, place: tuple[Any, ...]) -> None:
    assert list(differing_places(wanted, got)) == [place]


def test_a_suite_loads_its_own_topic_only() -> None:
    program = (
        "import sys; from k8smodels.conformance.suites import adapter_of; adapter_of('api/quantity');"
        "print([m for m in sys.modules if m.startswith(('k8smodels.scheduling', 'k8smodels.conformance.scheduling'))])"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "k8smodels.conformance", str(write(tmp_path / "a.json", GOOD_WANT))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "api/quantity 1/1\n", "")


def test_an_unreadable_file_is_an_error_of_the_library_too(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError):
        run_file(tmp_path / "missing.json")
    assert isinstance(run_file(str(write(tmp_path / "a.json", GOOD_WANT))), SuiteReport)
