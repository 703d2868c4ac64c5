"""The examples of the chapter on storage show what its text says they show."""

from __future__ import annotations

import pytest

from k8smodels.scenes import storage as scenes
from k8smodels.scenes import storage_exercises as exercises
from k8smodels.scenes import storage_story as story

EXERCISES = [
    exercises.which_volume,
    exercises.which_nodes_pass,
    exercises.count_the_attachments,
    exercises.diagnose,
]


def test_a_volume_made_at_once_ties_the_pod_to_a_full_zone() -> None:
    assert scenes.first("Immediate", "zone-a").says == (
        "**db** stays Pending. 0/3 nodes are available: "
        "1 Insufficient cpu, 2 node(s) didn't match PersistentVolume's node affinity."
    )


@pytest.mark.parametrize("zone", scenes.ZONES)
def test_a_volume_that_waits_follows_the_node(zone: str) -> None:
    frame = scenes.first("WaitForFirstConsumer", zone)
    assert "**db** goes to **node-b**" in frame.says
    assert "is to be made where <b>node-b</b> can reach it" in frame.html


def test_the_smallest_volume_that_will_do_is_taken() -> None:
    assert "smallest: **a-50**" in scenes.matching(10, "ReadWriteOnce", "zone-a").says
    assert "smallest: **a-80**" in scenes.matching(10, "ReadWriteMany", "zone-a").says
    assert scenes.matching(10, "ReadWriteOnce", "zone-c").says.startswith("On **node-c** no volume will do")


def test_a_driver_that_tells_its_room_keeps_pods_from_full_zones() -> None:
    assert "**db** goes to **node-b**" in scenes.free_room(120, True).says
    assert scenes.free_room(120, True).html.count("did not have enough free storage") == 2
    assert "stays Pending" in scenes.free_room(240, True).says
    assert "**db** is sent to **node-a**, and there its driver fails" in scenes.free_room(240, False).says


def test_read_write_once_does_not_keep_a_second_node_away() -> None:
    assert "**two** goes to **node-a2**, and hangs there" in scenes.second_pod("ReadWriteOnce", "zone-a").says
    assert "already in-use by another pod" in scenes.second_pod("ReadWriteOncePod", "zone-a").says


@pytest.mark.parametrize("limit", [2, 3])
def test_the_limit_of_attachments_holds_on_each_node(limit: int) -> None:
    assert "goes to" in scenes.attach(limit, 2 * limit - 1).says
    assert scenes.attach(limit, 2 * limit).says.endswith("2 node(s) exceed max volume count.")


def test_the_scheduler_writes_the_node_into_the_claim_before_there_is_a_volume() -> None:
    steps = [story.binding("WaitForFirstConsumer", step).html for step in range(story.STEPS)]
    assert "<mark>    volume.kubernetes.io/selected-node: node-b</mark>" in steps[2]
    assert ["PersistentVolume</mark>" in step for step in steps] == [i == 3 for i in range(story.STEPS)]
    assert "- zone-b" in steps[3]
    assert "<mark>  nodeName: node-b</mark>" in steps[5]


def test_bound_at_once_the_volume_is_there_before_the_pod() -> None:
    steps = [story.binding("Immediate", step).html for step in range(story.STEPS)]
    assert ["<mark>kind: Pod</mark>" in step for step in steps] == [i == 3 for i in range(story.STEPS)]
    assert "<mark>  volumeName: pvc-0c1</mark>" in steps[2]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(12)}) > 3


@pytest.mark.parametrize("seed", range(30))
def test_cpu_and_attachments_never_run_out_at_once(seed: int) -> None:
    count, plugin = exercises.count_the_attachments(seed).steps
    assert (plugin.answer == "NodeVolumeLimits") == ("That counts CPUs only." in " ".join(count.wrong.values()))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str(exercise(seed).steps[0].answer) for seed in range(20)}) > 2
