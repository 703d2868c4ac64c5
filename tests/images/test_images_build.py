"""A build with its cache: what makes a layer, what is taken from the cache, and why the rest is not."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.images import (
    Build,
    DockerfileError,
    apply_layers,
    build,
    build_image,
    diff,
    file,
    file_tree,
    image_layer,
    parse_dockerfile,
    read_image,
)
from k8smodels.images.build import lines_with_layers
from k8smodels.images.layout import layout_tar

BASE = build_image(
    [image_layer(diff({}, file_tree({"bin/sh": "sh", "usr/lib/libc.so": 1_000})))],
    config={"Env": ["PATH=/bin"], "Cmd": ["sh"]},
)
SLOW = """FROM python:3
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "app.py"]
"""
FAST = """FROM python:3
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
"""
RUNS = {
    "pip install -r requirements.txt": {"usr/lib/python/flask.py": 5_000_000},
    "make": {"out/tool": file("tool", 0o755)},
}
FILES = {"app.py": "print(1)", "requirements.txt": "flask", "docs/readme": "hi"}


def run(text: str, before: Build | None = None, files: dict | None = None, **options) -> Build:
    options.setdefault("runs", RUNS)
    cache = before.cache if before else None
    return build(text, file_tree(files or FILES), images={"python:3": BASE}, cache=cache, **options)


def verdicts(done: Build) -> list[tuple]:
    return [(step.instruction.name, step.verdict, step.cause, step.changed) for step in done.steps if step.key]


def test_only_steps_that_touch_files_make_layers() -> None:
    done = run(SLOW)
    assert [step.instruction.name for step in done.steps if step.key] == ["WORKDIR", "COPY", "RUN"]
    assert len(done.image.layers) == 1 + 3
    history = json.loads(done.image.config)["history"]
    assert history[-1] == {"created_by": 'CMD ["python", "app.py"]', "empty_layer": True}
    assert sum(not step.empty_layer for step in done.image.history) == len(done.image.layers)


def test_nothing_changed_is_all_cached() -> None:
    again = run(SLOW, run(SLOW))
    assert {verdict for _, verdict, _, _ in verdicts(again)} == {"CACHED"}
    assert again.first_missed is None
    assert again.image == run(SLOW).image


def test_an_edited_source_invalidates_its_copy_and_all_below() -> None:
    edited = FILES | {"app.py": "print(2)"}
    slow, fast = run(SLOW, run(SLOW), edited), run(FAST, run(FAST), edited)
    assert verdicts(slow) == [
        ("WORKDIR", "CACHED", None, ()),
        ("COPY", "run", "files", ("app/app.py",)),
        ("RUN", "run", "step above", ()),
    ]
    assert verdicts(fast) == [
        ("WORKDIR", "CACHED", None, ()),
        ("COPY", "CACHED", None, ()),
        ("RUN", "CACHED", None, ()),
        ("COPY", "run", "files", ("app/app.py",)),
    ]
    assert sum(step.size_bytes for step in fast.steps if step.verdict == "run") < 100
    assert sum(step.size_bytes for step in slow.steps if step.verdict == "run") > 5_000_000


def test_an_edited_line_invalidates_itself_and_all_below() -> None:
    changed = SLOW.replace("WORKDIR /app", "WORKDIR /srv")
    assert [(cause, names) for _, _, cause, names in verdicts(run(changed, run(SLOW)))] == [
        ("instruction", ()),
        ("step above", ()),
        ("step above", ()),
    ]


def test_a_label_invalidates_nothing_but_a_variable_invalidates_commands() -> None:
    before = run(SLOW)
    labelled = run(SLOW.replace("COPY . .", "LABEL version=2\nCOPY . ."), before)
    assert labelled.first_missed is None
    variable = run(SLOW.replace("WORKDIR", "ENV DEBUG=1\nWORKDIR"), before)
    assert [step.instruction.name for step in variable.steps if step.verdict == "run"] == ["RUN"]
    assert json.loads(variable.image.config)["config"]["Env"] == ["PATH=/bin", "DEBUG=1"]


def test_the_reason_is_right_even_if_a_line_without_a_layer_came_in_between() -> None:
    text = SLOW.replace("COPY . .", "LABEL version=2\nCOPY . .")
    done = run(text, run(SLOW), FILES | {"app.py": "print(2)"})
    assert [step.cause for step in done.steps if step.key] == [None, "files", "step above"]


def test_a_file_that_is_copied_to_a_directory_of_the_image_goes_into_it() -> None:
    done = run("FROM python:3\nCOPY app.py /bin\n")
    tree = apply_layers(layer.entries for layer in done.image.layers).tree
    assert {"bin/sh", "bin/app.py"} <= tree.keys()


def test_another_user_runs_the_command_anew() -> None:
    text = "FROM python:3\nRUN make\n"
    changed = run(text.replace("RUN", "USER app\nRUN"), run(text))
    assert verdicts(changed) == [("RUN", "run", "user", ())]


def test_a_changed_variable_is_named() -> None:
    text = "FROM python:3\nARG V=1\nRUN make\n"
    assert verdicts(run(text, run(text), build_args={"V": "2"})) == [("RUN", "run", "variables", ("V",))]


STAGES = """ARG BASE=python:3
FROM ${BASE} AS build
COPY app.py .
RUN make
FROM python:3 AS unused
RUN make
FROM scratch
COPY --from=build /out/tool /bin/
ENTRYPOINT ["/bin/tool"]
"""


def test_of_several_stages_the_last_is_built_with_those_it_needs() -> None:
    done = run(STAGES)
    assert done.skipped == ("unused",)
    assert [layer.entries[-1].name for layer in done.image.layers] == ["bin/tool"]
    assert list(apply_layers(layer.entries for layer in done.image.layers).tree) == ["bin", "bin/tool"]


def test_a_stage_that_is_built_anew_with_the_same_result_does_not_invalidate_what_copies_from_it() -> None:
    again = run(STAGES, run(STAGES), FILES | {"app.py": "# a comment"})
    assert [(step.instruction.line, step.verdict) for step in again.steps if step.key] == [
        (3, "run"),
        (4, "run"),
        (8, "CACHED"),
    ]


def test_a_new_entry_point_drops_the_command_of_the_base_image() -> None:
    done = run('FROM python:3\nENTRYPOINT ["a"]\n')
    kept = run('FROM python:3\nCMD ["x"]\nENTRYPOINT ["a"]\n')
    assert "Cmd" not in done.image.run_config
    assert kept.image.run_config["Cmd"] == ["x"]
    assert run("FROM python:3\nCMD echo hi\n").image.run_config["Cmd"] == ["/bin/sh", "-c", "echo hi"]


def test_configuration_is_what_a_container_is_run_with() -> None:
    text = 'FROM scratch\nWORKDIR /a\nWORKDIR b\nUSER app\nEXPOSE 80 53/udp\nLABEL a=1 b="two words"\nENV X 1 2\n'
    assert run(text).image.run_config == {
        "WorkingDir": "/a/b",
        "User": "app",
        "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
        "Labels": {"a": "1", "b": "two words"},
        "Env": ["X=1 2"],
    }


@pytest.mark.parametrize(
    ("copy", "files"),
    [
        ("COPY app.py /x", ["x"]),
        ("COPY app.py /x/", ["x", "x/app.py"]),
        ("COPY docs /x", ["x", "x/readme"]),
        ("COPY *.py *.txt /x/", ["x", "x/app.py", "x/requirements.txt"]),
        ("COPY ../../app.py /../x", ["x"]),
        ('COPY ["app.py", "/a b"]', ["a b"]),
        ("COPY empty /x/y", ["x", "x/y"]),
        ("COPY . /", ["app.py", "docs", "docs/readme", "requirements.txt"]),
        ("ADD app.py docs /x/", ["x", "x/app.py", "x/readme"]),
    ],
)
def test_a_copy_puts_files_where_docker_does(copy, files) -> None:
    context = FILES if copy == "COPY . /" else FILES | {"empty/": ""}
    done = run(f"FROM scratch\n{copy}\n", None, context)
    assert sorted(apply_layers(layer.entries for layer in done.image.layers).tree) == files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM a\n\nFOO bar\n", "Dockerfile:3: unknown instruction: FOO"),
        ("# x\nFROM a\nRUN a \\\n  b\nHEALTHCHECK NONE", "Dockerfile:5: HEALTHCHECK is not among the instructions"),
        ("", "Dockerfile:1: file with no instructions"),
        ("RUN x\nFROM a", "Dockerfile:1: no build stage in current context"),
        ("ARG a\n", "Dockerfile:1: dockerfile contains no stages to build"),
        ("FROM a b", "Dockerfile:1: FROM requires either one or three arguments"),
        ("FROM a AS 1x", 'Dockerfile:1: invalid name for build stage: "1x", name can\'t start with a number'),
        ("FROM a\nCOPY x", "Dockerfile:2: COPY requires at least two arguments, but only one was provided."),
        ("FROM a\nCOPY --chown=1 x y", "Dockerfile:2: unknown flag: --chown"),
        ("FROM a\nRUN --mount=type=cache x", "Dockerfile:2: unknown flag: --mount"),
        ("FROM a\nCOPY --from x y", "Dockerfile:2: missing a value on flag: --from"),
        ("FROM a\nENV a=1 b", 'Dockerfile:2: Syntax error - can\'t find = in "b". Must be of the form: name=value'),
        ("FROM a\nENV a", "Dockerfile:2: ENV must have two arguments"),
        ("FROM a\nUSER a b", "Dockerfile:2: USER requires exactly one argument"),
        ("FROM a\nADD https://x/y z", "Dockerfile:2: ADD of a remote source is not read by this model"),
        ("FROM a\nRUN cat <<EOF\nx\nEOF", "Dockerfile:2: here-documents are not read by this model"),
        ("FROM a\nLABEL 'a", "Dockerfile:2: No closing quotation: must have balanced quotes"),
        ("FROM a\nRUN", "Dockerfile:2: RUN requires at least one argument"),
        ("FROM nope", "Dockerfile:1: nope: failed to resolve source metadata: not found"),
        ("FROM scratch\nCOPY nope /", 'Dockerfile:2: failed to calculate checksum: "/nope": not found'),
        ("FROM scratch\nCOPY --from=x a /", "Dockerfile:2: x: failed to resolve source metadata: not found"),
        ("FROM scratch\nWORKDIR ${a:-b}", "Dockerfile:2: unsupported modifier in substitution: ${a:-b}"),
        ("FROM $nope", "Dockerfile:1: base name ($nope) should not be blank"),
    ],
)
def test_what_cannot_be_built_names_its_line(text, message) -> None:
    with pytest.raises(DockerfileError) as refused:
        run(text)
    assert str(refused.value).startswith(message)


def test_a_command_without_an_effect_is_asked_for() -> None:
    with pytest.raises(FieldError, match=r"runs\[rm -rf /\]: Required value: say what the command does to the files"):
        run("FROM scratch\nRUN rm -rf /")


@given(st.text(max_size=60) | st.lists(st.sampled_from(SLOW.split() + STAGES.split() + ["\n"])).map(" ".join))
def test_any_text_is_a_dockerfile_or_the_one_error(text) -> None:
    try:
        parsed = parse_dockerfile(text)
    except DockerfileError as error:
        line = error.line
        assert 1 <= line <= max(1, len(text.splitlines()))
        return
    assert parsed.stages


@given(st.sampled_from((SLOW, FAST, STAGES)), st.sampled_from(sorted(FILES)))
def test_the_cache_never_changes_the_image(text, edited) -> None:
    files = FILES | {edited: "edited"}
    assert run(text, run(text), files).image == run(text, None, files).image


def test_a_file_of_an_image_that_was_read_cannot_be_copied_for_its_content_is_gone() -> None:
    read = read_image(io.BytesIO(b"".join(layout_tar(BASE))))
    kept = build("FROM base\nCMD x", {}, runs={}, images={"base": read})
    assert kept.image.layers == read.layers
    with pytest.raises(FieldError, match=r"bin/sh: Forbidden: it was read from an archive"):
        build("FROM scratch\nCOPY --from=base /bin/sh /bin/sh", {}, runs={}, images={"base": read})


def test_lines_with_layers_are_told_without_building() -> None:
    text = "FROM a AS one\nWORKDIR /\nRUN x\nENV A=1\nFROM b\nWORKDIR /srv\nCOPY --from=one /x .\nCMD x"
    assert lines_with_layers(parse_dockerfile(text)) == {3, 6, 7}
