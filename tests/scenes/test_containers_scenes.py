"""The examples of the chapter on containers show what its text says they show."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from k8smodels.scenes import containers as scenes
from k8smodels.scenes import containers_cgroups as cgroups
from k8smodels.scenes import containers_diagnosis as diagnosis
from k8smodels.scenes import containers_exercises as exercises
from k8smodels.scenes import containers_memory as memory
from k8smodels.scenes import containers_pod_exercises as pod_exercises

FILES = Path(__file__).parents[2] / "book" / "files"
EXERCISES = [
    exercises.divide_the_cpus,
    exercises.until_the_answer,
    pod_exercises.name_the_class,
    pod_exercises.weigh_a_request,
    pod_exercises.who_goes_first,
    diagnosis.diagnose,
]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_without_view_bounds_and_files_a_process_is_left() -> None:
    whole, bare = scenes.taken_away(True, True, True), scenes.taken_away(False, False, False)
    assert "1 web" in words(whole.html)
    assert "4 web" in words(bare.html)
    assert "0.5 CPUs" in words(whole.html)
    assert "4 CPUs" in words(bare.html)
    assert "app etc lib" in words(whole.html)
    assert "boot etc home" in words(bare.html)
    assert "Nothing is left but a process" in bare.says


@pytest.mark.parametrize("request_milli", [100, 250, 500])
def test_a_request_makes_no_difference_on_an_idle_node(request_milli: int) -> None:
    assert "has all it wants: 2.00 CPUs" in scenes.compete(request_milli, 0, 0, 4).says


def test_a_quota_stops_on_an_idle_node() -> None:
    assert "stopped by its own quota at 0.50 CPUs" in scenes.compete(250, 500, 0, 4).says
    assert "Idle: 2.50" in scenes.compete(250, 500, 0, 4).says


def test_a_larger_request_gets_more_under_contention() -> None:
    parts = [float(re.search(r"gets ([\d.]+)", scenes.compete(m, 0, 4, 1).says)[1]) for m in (100, 250, 500)]  # type: ignore[index]
    assert parts == sorted(set(parts))


def test_four_threads_wait_for_the_next_period_at_forty_percent_of_the_limit() -> None:
    says = scenes.burst(400, 4, 80).says
    assert "**110 ms**; without a limit, 20 ms. Average use: 40 % of the limit" in says
    assert "nr_throttled 1" in scenes.burst(400, 4, 80).html
    assert "**20 ms**, as long as the work itself" in scenes.burst(800, 4, 80).says


def test_the_prepared_pods_have_the_classes_that_their_names_suggest() -> None:
    classes = [cgroups.files_of(text, "v2", "systemd").says.split("**")[1] for text in cgroups.cases().values()]
    assert classes == ["Burstable", "Guaranteed", "Burstable", "BestEffort", "Burstable", "Guaranteed"]


def test_a_pod_with_an_unlimited_container_has_no_limit_of_its_own() -> None:
    with_sidecar = words(cgroups.files_of(cgroups.cases()["a sidecar without limits"], "v2", "systemd").html)
    pod, app = with_sidecar.split("pod7f3a.slice ", 1)[1].split("cri-containerd", 1)
    assert "max" not in pod
    assert "memory.max 268435456" in app


def test_version_and_driver_change_paths_and_names() -> None:
    text = cgroups.cases()["requests below limits"]
    v1 = words(cgroups.files_of(text, "v1", "cgroupfs").html)
    assert "/sys/fs/cgroup/cpu/kubepods/burstable/pod7f3a cpu.cfs_period_us 100000" in v1
    assert "cpu.shares 256" in v1
    assert "/sys/fs/cgroup/memory/kubepods/burstable/pod7f3a memory.limit_in_bytes 134217728" in v1


def test_a_dump_that_names_its_class_still_gets_reasons() -> None:
    text = cgroups.cases()["limits only"] + "status: {qosClass: Guaranteed}\n"
    assert "containers[0]" in cgroups.files_of(text, "v2", "systemd").html


@pytest.mark.parametrize("text", ["", "kind: Pod", "a: [", cgroups.cases()["nothing at all"].replace("nginx", "''")])
def test_what_is_no_pod_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        cgroups.files_of(text, "v2", "systemd")


def test_a_request_above_its_limit_is_refused() -> None:
    text = cgroups.cases()["requests below limits"].replace("250m", "2")
    with pytest.raises(ValueError, match="must be less than or equal to cpu limit"):
        cgroups.files_of(text, "v2", "systemd")


def test_one_cpu_has_weight_39_as_a_pod_and_100_as_a_container() -> None:
    assert cgroups.weights(1000).says == "A request of **1** CPU: 39 for the Pod, 100 for its container."


def test_the_solution_of_the_own_input_passes_and_the_first_try_fails() -> None:
    def two(main_cpu: str) -> str:
        main = f"- {{name: main, image: a, resources: {{limits: {{cpu: {main_cpu}, memory: 128Mi}}}}}}"
        log = "- {name: log, image: b, resources: {limits: {cpu: 100m, memory: 64Mi}}}"
        return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: mine}}\nspec:\n  containers:\n  {main}\n  {log}\n"

    assert cgroups.becomes(two("400m"), "Guaranteed", 20).startswith("Done")
    assert "cpu.weight is 12, not 20" in cgroups.becomes(two("200m"), "Guaranteed", 20)
    assert "Not yet" in cgroups.becomes(two("400m").replace(", memory: 64Mi", ""), "Guaranteed", 20)
    assert "Object 'Kind' is missing" in cgroups.becomes("a: 1", "Guaranteed", 20)


def test_the_file_of_the_chapter_has_no_cpu_limit_as_a_whole() -> None:
    pod, *containers = cgroups.listing((FILES / "containers.yaml").read_text("utf-8")).split("…/")
    assert "cpu.max" not in pod
    assert "memory.max = 603979776" in pod
    assert "cpu.max = 40000 100000" in containers[0]


def test_in_a_container_the_largest_process_dies_and_takes_the_others_along() -> None:
    assert memory.in_container(900, 2200, True).says.endswith("137: web: parent, web: worker.")
    assert memory.in_container(900, 2200, False).says.endswith("137: web: worker.")
    assert "**web: parent** has the most points" in memory.in_container(1700, 1500, True).says
    assert "nobody dies" in memory.in_container(900, 1500, True).says


def test_a_larger_request_saves_web_and_costs_job_its_life() -> None:
    assert "**web: worker** has the most points" in memory.on_node(256, 1280, True).says
    assert "9.75 Gi" in memory.on_node(256, 1280, True).html
    assert "**job** has the most points" in memory.on_node(1024, 1280, True).says


def test_a_threshold_lowers_what_is_allocatable_and_not_the_bound_of_all_pods() -> None:
    assert "**7.15 Gi**; all Pods together may use 7.25 Gi" in memory.give_away(512, "100Mi").says
    assert "**6.45 Gi**; all Pods together may use 7.25 Gi" in memory.give_away(512, "10%").says


def test_the_kubelet_evicts_by_excess_not_by_class() -> None:
    assert memory.evict("memory.available", 1536, 100, 0).says.startswith("**web** is evicted")
    assert memory.evict("memory.available", 700, 100, 0).says.startswith("**job** is evicted")
    assert memory.evict("memory.available", 1536, 800, 1000).says == (
        "**web** is evicted. What put it before the next one: its priority is lower."
    )
    assert "Container main was using 1536Mi, request is 1Gi" in memory.evict("memory.available", 1536, 100, 0).html


def test_under_pressure_of_process_ids_requests_play_no_part() -> None:
    frame = memory.evict("pid.available", 1536, 100, 0)
    assert frame.says.startswith("**job** is evicted")
    assert "The node was low on resource: pids. Threshold quantity: 500, available: 420." in frame.html


def test_the_measurements_agree_with_the_models() -> None:
    frame = diagnosis.recorded(FILES / "measured-isolation.json")
    assert "Of 3 victims, 3 are those of the model." in frame.says
    assert float(re.search(r"at most ([\d.]+)", frame.says)[1]) < 0.05  # type: ignore[index]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    last = {str(exercise(seed).steps[-1].answer) for seed in range(20)}
    first = {str(exercise(seed).steps[0].answer) for seed in range(20)}
    assert min(len(first), len(last)) > 2


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_wrong_answer_is_explained_that_is_right(exercise) -> None:
    for seed in range(20):
        for step in exercise(seed).steps:
            assert not any(_same(reply, step.answer) for reply in step.wrong), (seed, step)


def _same(reply: str, answer: object) -> bool:
    try:
        return float(reply) == float(str(answer))
    except ValueError:
        return reply == answer


def test_each_cause_of_the_diagnosis_shows_in_its_numbers() -> None:
    bursts, steady, shared, enough = (diagnosis.slow(case, random.Random(1)) for case in range(4))
    assert (bursts.throttled_percent, bursts.idle_cpus > 3) == (50, True)
    assert steady.throttled_percent == 100
    assert (shared.throttled_percent, shared.idle_cpus) == (0, 0)
    assert (enough.throttled_percent, enough.idle_cpus > 3) == (0, True)
