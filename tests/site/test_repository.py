"""Rules of the repository as a whole."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "matplotlib", "networkx", "ipywidgets", "IPython", "simpy")
BINARY = {".png", ".woff", ".woff2", ".mo", ".gz", ".zip"}
# in pieces, so that this file does not find itself
FORBIDDEN = [
    re.compile(a + b)
    for a, b in [
        ("/wor", "k/"),
        (r"/t", "mp/(brief|bash)"),
        ("TO", "DO"),
        ("FIX", "ME"),
        (r"pypi\.or", "g"),
        ("python", r"hosted\.org"),
        (r"registry\.npm", "js"),
    ]
]


def committed() -> list[Path]:
    """What git keeps, or would keep: everything that is not ignored."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_importing_the_package_takes_less_than_50_ms():
    code = "import time; t = time.perf_counter(); import k8smodels; print(time.perf_counter() - t)"
    assert min(float(python(code)) for _ in range(5)) < 0.050


@pytest.mark.parametrize("module", ["k8smodels", "k8smodels.api", "k8smodels.scheduling", "k8smodels.conformance"])
def test_models_load_no_heavy_module(module):
    loaded = python(f"import sys, {module}; print(' '.join(sys.modules))").split()
    assert not [name for name in HEAVY if name in loaded]


def test_nothing_committed_tells_where_or_how_it_was_made():
    found = []
    for path in committed():
        if path.suffix not in BINARY and path.stat().st_size < 2_000_000:
            text = path.read_text("utf-8", errors="ignore")
            found += [f"{path.relative_to(ROOT)}: {p.pattern}" for p in FORBIDDEN if p.search(text)]
    assert not found


def test_every_requirement_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        loose = [line for line in lines if line and "==" not in line and not line.startswith(("-r ", "-e "))]
        assert not loose, name


def test_one_version_of_a_package_serves_every_python():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = [line.split("==")[0] for line in lines if "==" in line]
    assert len(names) == len(set(names))


def test_no_module_is_longer_than_500_lines():
    sources = [path for path in committed() if path.suffix == ".py"]
    assert not [path.name for path in sources if len(path.read_text("utf-8").splitlines()) > 500]


def test_every_page_of_the_table_of_contents_exists():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    names = re.findall(r"'(?:file|root)': '([^']+)'", str(toc))
    present = {path.relative_to(ROOT / "book").with_suffix("").as_posix() for path in (ROOT / "book").rglob("*.*")}
    assert not set(names) - present


def test_every_public_package_has_a_reference_page():
    packages = {path.parent.name for path in (ROOT / "k8smodels").glob("*/__init__.py")}
    inside = {"commands", "scenes"}  # what the command line and the chapters' figures are made of
    assert packages - inside <= {path.stem for path in (ROOT / "book" / "reference").glob("*.rst")}


def test_binder_files_are_accepted():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug", str(ROOT)]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "binder/requirements.txt" in done.stdout + done.stderr
    assert "python=3.12" in done.stdout + done.stderr or "3.12" in (ROOT / "binder" / "runtime.txt").read_text()


def test_ci_runs_everything_and_nothing_less():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_workflows_ask_for_the_least(workflow):
    document = yaml.safe_load(workflow.read_text())
    assert document["permissions"] in ({}, {"contents": "read"})
    uses = re.findall(r"uses: (\S+)", workflow.read_text())
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", use) for use in uses)


def test_committed_notebooks_are_in_their_settled_form():
    for path in (path for path in committed() if path.suffix == ".ipynb"):
        book = json.loads(path.read_text("utf-8"))
        assert [cell["id"] for cell in book["cells"]] == [f"c{n:02d}" for n in range(len(book["cells"]))], path.name
        assert book["metadata"]["language_info"] == {"name": "python"}, path.name
        assert "widgets" not in book["metadata"], path.name
