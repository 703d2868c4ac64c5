"""The chapter *Objects*: each figure says what the models say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from k8smodels.scenes import (
    objects,
    objects_answers,
    objects_apply,
    objects_deletion,
    objects_diagnosis,
    objects_exercises,
    objects_kinds,
    objects_own,
)
from k8smodels.scenes import objects_real as real
from k8smodels.views.controlplane.graph import Box, Link, layered_graph

FILES = Path(__file__).parents[2] / "book/files"


def test_the_manifest_of_the_chapter_is_the_one_that_the_real_server_got() -> None:
    assert (FILES / "objects-web.yaml").read_text() == objects.WEB


@pytest.mark.parametrize("kind", objects.SENT)
def test_every_line_that_was_sent_is_stored(kind: str) -> None:
    frame = objects.stored(kind, "at once")
    assert "<del>" not in frame.html
    assert "<ins>" in frame.html


def test_only_a_new_spec_is_a_new_generation() -> None:
    rows = re.findall(r"<tr><th[^>]*>.*?</tr>", objects.generations(objects.GENERATION_STEPS - 1).html)
    cells = [re.findall(r"<td>(.*?)</td>", row) for row in rows if "<td>" in row]
    assert [(row[0], row[1]) for row in cells] == [
        ("1", "–"),
        ("1", "1"),
        ("2", "2"),
        ("2", "2"),
        ("3", "2"),
        ("3", "3"),
    ]


@pytest.mark.parametrize("request_", objects_answers.ANSWERS)
def test_what_a_caption_calls_refused_is_refused(request_: str) -> None:
    frame = objects_answers.answered(request_)
    refused = re.search(r"(error|invalid|Error)", frame.html) is not None
    assert refused == (request_ != "the same again")


def test_a_kind_owns_what_its_controller_makes() -> None:
    owns = {(each.start, each.end) for each in objects_kinds.relations() if each.by == "metadata.ownerReferences"}
    assert owns == {
        ("Deployment", "ReplicaSet"),
        ("ReplicaSet", "Pod"),
        ("Service", "EndpointSlice"),
        ("CronJob", "Job"),
        ("Job", "Pod"),
    }


def test_not_equal_means_those_without_the_label_too() -> None:
    assert "**4** of 7" in objects_kinds.selected("env!=prod").says
    assert "**2** of 7" in objects_kinds.selected("env,env!=prod").says


def test_a_selector_that_is_none_is_refused() -> None:
    assert "error" in objects_kinds.selected("tier in front").html


@pytest.mark.parametrize(
    ("policy", "holds", "left"),
    [
        ("background", False, "All are gone"),
        ("foreground", False, "All are gone"),
        ("orphan", False, "The Pods run on"),
        ("background", True, "**Pod**"),
        ("foreground", True, "**Deployment, ReplicaSet, Pod**"),
    ],
)
def test_the_end_of_a_deletion(policy: str, holds: bool, left: str) -> None:
    assert left in objects_deletion.deleted(policy, holds, objects_deletion.DELETION_STEPS - 1).says


def test_a_namespace_goes_unless_something_in_it_is_held() -> None:
    assert "Everything is gone" in objects_deletion.emptied(False, 12.0).says
    assert "example.com/backup" in objects_deletion.emptied(True, 300.0).html


def test_a_line_that_was_in_the_last_file_is_removed_and_one_that_never_was_stays() -> None:
    def replicas(case: str) -> object:
        rows = objects_apply.field_rows(objects_apply.MERGES[case])
        return next(row.stored for row in rows if row.path == ("replicas",))

    assert replicas("the line replicas is deleted") is None
    assert replicas("replicas never was in the file") == 10


@pytest.mark.parametrize(("way", "wanted"), list(zip(objects_apply.WAYS, [3, 1, 10, 10, 10], strict=True)))
def test_how_many_pods_are_wanted_after_each_way(way: str, wanted: int) -> None:
    assert f"<td>{wanted}</td>" in objects_apply.two_writers(way, 0.05).html


def test_the_real_server_answers_as_the_model_does() -> None:
    assert real.answers_beside((FILES / "recorded-objects.json").read_text()).says.startswith("**12** of 12")


def test_the_puzzle_was_recorded_on_a_real_server() -> None:
    text = (FILES / "recorded-objects.json").read_text()
    assert '"scale to 9, then apply without replicas": 1' in text


def test_lists_of_kinds_are_not_empty() -> None:
    text = (FILES / "recorded-objects.json").read_text()
    assert all(not real.recorded(text, part).says.startswith("**0**") for part in real.LISTS)


def test_the_model_lacks_defaults_of_the_template_only() -> None:
    frame = real.stored_beside(objects.WEB, (FILES / "objects-stored.yaml").read_text())
    assert "**9** of 29" in frame.says
    assert "<del>" not in frame.html


def test_every_real_manager_has_fields() -> None:
    assert "kubectl-client-side-apply" in real.managed_fields((FILES / "objects-stored.yaml").read_text()).html


@pytest.mark.parametrize(
    "text", ["", "\x00", "- 1", "kind: 3", "a: &a [1]\nb: *a", "x" * 30_000, objects.WEB.replace(": 3", ": 3000")]
)
def test_no_manifest_of_a_reader_raises(text: str) -> None:
    assert objects_own.own_manifests(text).html


def test_what_a_reader_writes_is_escaped() -> None:
    frame = objects_own.own_manifests("apiVersion: v1\nkind: <script>\nmetadata: {name: a}\n")
    assert "<script>" not in frame.html


@pytest.mark.parametrize("seed", range(8))
def test_a_wrong_answer_of_an_exercise_is_never_the_right_one(seed: int) -> None:
    for make in (
        objects_exercises.who_wrote,
        objects_exercises.which_pods,
        objects_exercises.what_is_left,
        objects_exercises.after_apply,
        objects_diagnosis.stuck_namespace,
    ):
        for step in make(seed).steps:
            assert isinstance(step.answer, frozenset) or step.why or step.wrong
            assert step.answer != frozenset()


def test_a_deployment_forgets_a_line_that_its_file_forgets() -> None:
    task = objects_exercises.after_apply(0)
    assert [step.answer for step in task.steps] == [1, 10]


def test_what_leads_to_a_box_stands_above_it() -> None:
    drawing = layered_graph([Box("a", ("a",)), Box("b", ("b",))], [Link("b", "a")], "b above a")
    places = {name: float(y) for y, name in re.findall(r'y="([\d.]+)">([ab])<', drawing)}
    assert places["b"] < places["a"]
