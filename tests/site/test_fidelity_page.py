"""The table of suites says what the runner says."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests" / "golden").rglob("*.json"))


def rows(site) -> dict[str, list[str]]:
    table = site["fidelity.html"].soup.select_one("table.fidelity tbody")
    cells = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in table.select("tr")]
    return {row[0].split()[0]: row for row in cells}


def test_every_file_of_recorded_cases_has_a_row(site):
    names = {f"{path.parent.name}/{path.stem}" for path in FILES}
    assert names | {"all"} == set(rows(site))


def test_every_case_passes_or_is_declared(site):
    for name, (_, _, cases, passed, declared) in rows(site).items():
        total = int(cases.replace(",", ""))
        assert total > 0, name
        assert int(passed.replace(",", "")) + int(declared.replace(",", "")) == total, name


def test_every_suite_says_what_it_compares():
    about = yaml.safe_load((ROOT / "book" / "suites.yml").read_text("utf-8"))
    assert {f"{path.parent.name}/{path.stem}" for path in FILES} <= set(about)
