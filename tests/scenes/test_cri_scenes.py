"""The examples of the chapter on the CRI show what its text says they show."""

from __future__ import annotations

import pytest

from k8smodels.scenes import cri as scenes
from k8smodels.scenes import cri_exercises as exercises
from k8smodels.scenes import cri_interface as interface

EXERCISES = [
    exercises.order_the_calls,
    exercises.name_the_call,
    exercises.pull_or_not,
    exercises.count_the_attempts,
    exercises.diagnose,
]


def said(story: str) -> list[str]:
    return [message.what for message in scenes.messages(story)]


@pytest.mark.parametrize("story", scenes.STORIES)
def test_every_story_has_a_message_for_each_step(story: str) -> None:
    assert len(said(story)) == scenes.STEPS


def test_the_first_call_is_the_sandbox() -> None:
    first = scenes.messages("a first start, and the end")[1]
    assert (first.sender, first.what) == ("kubelet", "`RunPodSandbox` attempt 0")


def test_a_crash_makes_a_new_container_in_the_same_sandbox() -> None:
    told = said("the container crashes twice")
    assert [line for line in told if "CreateContainer" in line] == [
        f"`CreateContainer` app, attempt {i}, log `app/{i}.log`" for i in range(3)
    ]
    assert sum("RunPodSandbox" in line for line in told) == 1


def test_a_pull_that_failed_is_made_again_after_a_look_and_finds_what_was_pushed() -> None:
    told = said("the registry does not have the image yet")
    pushed = told.index("somebody pushes `shop:2`")
    assert told[pushed + 1 : pushed + 4] == [
        "`ImageStatus` shop:2",
        "`PullImage` shop:2",
        "sends the layers that are missing",
    ]
    assert sum("RunPodSandbox" in line for line in told) == 1


def test_init_containers_come_one_at_a_time() -> None:
    created = [m for m in scenes.messages("init container and sidecar") if "CreateContainer" in m.what]
    assert [message.when for message in created] == ["0 s", "2 s", "3 s"]


def test_containers_stop_before_the_sandbox() -> None:
    told = said("a first start, and the end")
    stops = [i for i, line in enumerate(told) if "Stop" in line]
    assert "StopContainer" in told[stops[0]]
    assert "StopPodSandbox" in told[stops[-1]]


def test_always_needs_the_registry_though_the_image_is_there() -> None:
    assert "**ErrImagePull**" in scenes.pull("Always", present=True, registry=False).says
    assert scenes.pull("IfNotPresent", present=True, registry=False).says == "It starts, and no registry was asked."
    assert "**ErrImageNeverPull**" in scenes.pull("Never", present=False, registry=True).says


def test_every_call_of_the_interface_stands_in_one_group() -> None:
    counted = [int(interface.methods(group).says.split()[0]) for group in interface.groups()]
    assert sum(counted) == sum(len(methods) for methods in interface.SERVICES.values())


def test_docker_lost_its_translator_in_1_24() -> None:
    assert "dockershim" in interface.stack("docker", "1.23").html
    assert "cri-dockerd" in interface.stack("docker", "1.24").html
    assert "called by **kubelet**" in interface.stack("docker", "1.19").says
    assert "called by **containerd**" in interface.stack("containerd", "1.37").says


@pytest.mark.parametrize("kind", interface.STREAMS)
def test_a_stream_starts_with_the_client_and_has_a_url_in_the_middle(kind: str) -> None:
    html = interface.stream(kind, 0).html
    assert html.index("kubectl → kube-apiserver") < html.index("http://127.0.0.1:39847/")
    assert interface.stream(kind, interface.STREAM_STEPS - 1).says.startswith("Step 6: ")


def test_the_reader_s_pod_is_checked_as_the_api_server_would() -> None:
    with pytest.raises(ValueError, match=r"spec\.containers\[0\]\.image: Required value"):
        scenes.own_calls(scenes.WEB.replace("image", "imagen"))
    with pytest.raises(ValueError, match="Give one Pod, not 2 objects"):
        scenes.own_calls(scenes.WEB + "---\n" + scenes.WEB)
    assert scenes.own_calls(scenes.WEB).says == "5 calls."


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({(exercise(seed).text, exercise(seed).steps[0].ask) for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_sets_of_an_exercise_are_different_cases(exercise) -> None:
    sets = 6
    assert len({(exercise(seed).text, *(step.ask for step in exercise(seed).steps)) for seed in range(sets)}) == sets


@pytest.mark.parametrize("exercise", [exercises.order_the_calls, exercises.name_the_call, exercises.diagnose])
@pytest.mark.parametrize("seed", range(6))
def test_every_wrong_option_has_a_message_that_does_not_name_the_answer(exercise, seed: int) -> None:
    for step in exercise(seed).steps:
        assert set(step.options) - {step.answer} <= set(step.wrong)
        assert not any(f"`{step.answer}`" in words for words in step.wrong.values())


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str([step.answer for step in exercise(seed).steps]) for seed in range(20)}) > 2
