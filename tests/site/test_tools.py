"""The commands behind `make`."""

from __future__ import annotations

import gzip
import json
import sys
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools import browser, check, notebooks, serve


def test_the_server_compresses_text_for_who_accepts_it(tmp_path):
    (tmp_path / "index.html").write_text("<p>text</p>" * 100)
    with serve.serving(tmp_path) as address:
        plain = urllib.request.urlopen(f"{address}/").read()
        asked = urllib.request.Request(f"{address}/index.html", headers={"Accept-Encoding": "gzip"})
        packed = urllib.request.urlopen(asked).read()
    assert len(packed) < len(plain)
    assert gzip.decompress(packed) == plain


def test_the_server_says_404_for_what_is_not_there(tmp_path):
    with serve.serving(tmp_path) as address, pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/nothing.html")


def test_a_settled_notebook_keeps_no_trace_of_the_run():
    leftovers = {"execution": {"iopub.status.busy": "2026-01-01"}, "tags": ["remove-cell"]}
    language = {"name": "python", "version": "3.11.7"}
    cell = nbformat.v4.new_code_cell("1", metadata=leftovers)
    book = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}, "language_info": language})
    settled = notebooks.settled(book)
    assert settled.cells[0]["id"] == "c00"
    assert settled.cells[0].metadata == {"tags": ["remove-cell"]}
    assert settled.metadata == notebooks.METADATA


def test_a_notebook_that_warns_is_found():
    output = nbformat.v4.new_output("stream", name="stderr", text="careful")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[output])])
    assert notebooks.warned(book) == ["careful"]


def test_the_digest_changes_with_a_name_or_a_content(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("x")
    second.write_text("x")
    digests = {notebooks.digest([first]), notebooks.digest([second])}
    first.write_text("y")
    assert len(digests | {notebooks.digest([first])}) == 3


def test_models_and_chapters_count_for_the_digest_and_pages_do_not():
    names = {path.name for path in notebooks.sources()}
    assert {"quantity.py", "requirements.txt", "k8s-explorer.js"} <= names
    assert not {"glossary.md", "notes.yml", "trim.py", "site-fix.css"} & names


def test_failures_and_errors_of_a_report_are_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="2" errors="1" skipped="3"/></testsuites>')
    assert check.counted(report) == Counter(passed=3, failed=3, skipped=3)


def test_a_check_that_dies_without_a_report_has_failed(monkeypatch, tmp_path):
    monkeypatch.setattr(check, "REPORTS", tmp_path)
    died = check.Check("x", (sys.executable, "-c", "raise SystemExit(3)"), "x.xml")
    assert check.run(died) == Counter(failed=1)


def test_a_named_browser_goes_first(monkeypatch, tmp_path):
    chosen = tmp_path / "browser"
    chosen.write_text("")
    monkeypatch.setenv("BROWSER_PATH", str(chosen))
    assert browser.find() == str(chosen)
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "missing"))
    assert browser.find() is None


def test_the_measurements_have_a_figure_each_and_a_machine(capsys, monkeypatch, tmp_path):
    from benchmarks import __main__ as bench

    monkeypatch.setattr(bench, "REPORT", tmp_path / "bench.json")
    monkeypatch.setattr(sys, "argv", ["bench", "start"])
    assert bench.main() == 0
    record = json.loads((tmp_path / "bench.json").read_text())
    assert record["machine"] in capsys.readouterr().out
    assert record["figures"][0]["ratio"] < 1
