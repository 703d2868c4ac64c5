"""The chapter's examples show what its text says they show."""

from __future__ import annotations

import pytest

from k8smodels.api.kinds import load_file
from k8smodels.scenes import scheduling as scenes
from k8smodels.scenes import scheduling_exercises as exercises
from k8smodels.scenes.scheduling_cases import FILTER_CASES, PENDING_CASES, POD_RULES, SCORE_CASES

EXERCISES = [
    exercises.which_nodes_pass,
    exercises.compute_a_score,
    exercises.place_by_skew,
    exercises.find_the_winner,
    exercises.diagnose,
]


@pytest.mark.parametrize(("cpu", "node"), [(0.3, "node-2"), (3.0, "node-2")])
def test_the_idle_node_is_the_full_one(cpu: float, node: str) -> None:
    assert f"goes to **{node}**: the only one of 2 nodes" in scenes.hook(cpu).says


def test_a_small_pod_fits_on_both_nodes_of_the_puzzle() -> None:
    assert "2 of 2 nodes pass" in scenes.hook(0.2).says


def test_above_three_cpus_the_puzzle_has_no_node() -> None:
    assert "0/2 nodes are available: 2 Insufficient cpu." in scenes.hook(3.1).says


@pytest.mark.parametrize("plugin", FILTER_CASES)
def test_each_filter_refuses_node_1_and_lets_it_pass_after_the_change(plugin: str) -> None:
    refused, mended = scenes.one_filter(plugin), scenes.one_filter(plugin, mended=True)
    assert f"<small>{plugin}</small>" in refused.html
    assert "the only one of 2 nodes that passes" in refused.says
    assert 'class="v no"' not in mended.html


@pytest.mark.parametrize("plugin", FILTER_CASES)
def test_the_marked_lines_are_in_the_manifest(plugin: str) -> None:
    case = FILTER_CASES[plugin]
    assert case.line in case.pod
    assert case.line_mended in case.mended


@pytest.mark.parametrize("plugin", SCORE_CASES)
def test_each_score_prefers_node_2(plugin: str) -> None:
    assert "**web** goes to **node-2**" in scenes.one_score(plugin).says


def test_a_toleration_does_not_attract() -> None:
    assert "goes to **node-1**" in scenes.taint_and_toleration("NoSchedule", "every taint", busy="node-2").says


def test_spreading_strands_the_large_pods_and_packing_does_not() -> None:
    last = scenes.packing("small pods, then large ones", 10)
    assert "3 under LeastAllocated, 0 under MostAllocated" in last.says


@pytest.mark.parametrize(
    ("rule", "placed"),
    [
        ("no rule", 7),
        ("spread over zones, hard", 5),
        ("spread over zones, soft", 7),
        ("one to a node", 5),
        ("one to a zone", 3),
        ("near the cache", 7),
    ],
)
def test_hard_rules_leave_replicas_pending(rule: str, placed: int) -> None:
    assert sum("goes to" in scenes.spread(rule, step).says for step in range(7)) == placed
    assert rule in POD_RULES


@pytest.mark.parametrize("case", PENDING_CASES)
def test_every_prepared_case_is_pending_or_refused(case: str) -> None:
    if case == "a value that is no quantity":
        with pytest.raises(ValueError, match="quantities must match"):
            scenes.why_pending(PENDING_CASES[case])
    else:
        assert "stays Pending" in scenes.why_pending(PENDING_CASES[case]).says


def test_a_reader_s_input_without_a_pending_pod_is_explained() -> None:
    with pytest.raises(ValueError, match="no pending pod"):
        scenes.why_pending("apiVersion: v1\nkind: Node\nmetadata: {name: n}")


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(12))
def test_exercises_are_the_same_for_a_seed_and_have_an_answer(make, seed: int) -> None:
    task, again = make(seed), make(seed)
    assert [step.answer for step in task.steps] == [step.answer for step in again.steps]
    assert str(task.text) == str(again.text)
    assert all(step.answer != "" for step in task.steps)


@pytest.mark.parametrize("make", EXERCISES)
def test_seeds_give_different_answers(make) -> None:
    assert len({tuple(map(str, (step.answer for step in make(seed).steps))) for seed in range(12)}) > 2


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            'containers: [{name: c, image: i, resources: {requests: {cpu: "3"}}}]',
            "Done: of 4 nodes only worker-c passes.",
        ),
        ("nodeSelector: {topology.kubernetes.io/zone: eu-1c}, containers: [{name: c, image: i}]", "Done"),
        ("containers: [{name: c, image: i}]", "Not yet: worker-a, worker-b can take it, too."),
        ('containers: [{name: c, image: i, resources: {requests: {cpu: "9"}}}]', "Not yet: worker-c refuses it."),
        ("nodeName: worker-c, containers: [{name: c, image: i}]", "`spec.nodeName` goes past the scheduler"),
        ("containers: []", "spec.containers: Required value"),
    ],
)
def test_the_open_exercise_says_what_is_wrong(spec: str, sentence: str) -> None:
    manifest = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: mine}}\nspec: {{{spec}}}"
    nodes = load_file("book/files/nodes.yaml")
    assert sentence in scenes.only_on("worker-c", manifest, nodes)
