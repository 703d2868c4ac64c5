import json
from pathlib import Path

import pytest

from k8smodels.controlplane.etcd import quorum
from k8smodels.scenes import architecture as scenes
from k8smodels.scenes import architecture_conflict as writers
from k8smodels.scenes import architecture_etcd as etcd
from k8smodels.scenes import architecture_exercises as exercises
from k8smodels.scenes import architecture_outages as outages

RECORDED = (Path(__file__).parents[2] / "book" / "files" / "recorded-apply.json").read_text("utf-8")


def test_one_command_is_followed_by_so_many_writes_as_the_chapter_says():
    records, _watchers = scenes._records()
    assert len(records) == scenes.APPLY_STEPS == 13


def test_each_step_of_the_story_is_another_frame_and_the_chain_is_the_known_one():
    frames = [scenes.applied(step) for step in range(scenes.APPLY_STEPS)]
    assert len({frame.html for frame in frames}) == scenes.APPLY_STEPS
    who = list(dict.fromkeys(frame.says.split("**")[1] for frame in frames))
    assert who == ["kubectl", "Deployment controller", "ReplicaSet controller", "scheduler", "kubelet node-1"]
    assert "the kubelet of the Pod" in frames[6].html


def test_at_rest_only_kubelets_ask():
    asked, told = scenes._traffic(scenes.OCCASIONS[0])
    assert set(+asked) == {"kubelet"}
    assert set(+told) == {"kube-controller-manager"}


@pytest.mark.parametrize("occasion", scenes.OCCASIONS)
def test_the_graph_has_every_component(occasion):
    html = scenes.traffic(occasion).html
    assert all(name in html for name in ("kubectl", "kube-scheduler", "kubelet", "kube-proxy", "etcd", "API server"))


def test_the_model_tells_the_recorded_states_in_the_recorded_order():
    real = [
        (each["t"], scenes._state(each["node"], each["phase"], each["ready"]))
        for each in json.loads(RECORDED)["events"]
    ]
    assert [state for _at, state in scenes._firsts(real)] == [state for _at, state in scenes._firsts(scenes._ours())]


def test_own_manifests_are_told_or_refused():
    assert "writes in half a minute" in scenes.own_story(scenes.CASES["a Job"]).says
    assert "no matches for kind" in scenes.own_story(scenes.CASES["no such kind"]).says
    assert "stopped at 200 objects" in scenes.own_story(scenes.WEB.replace("replicas: 1", "replicas: 900")).says


@pytest.mark.parametrize("members", [3, 5])
@pytest.mark.parametrize("fault", etcd.FAULTS)
def test_writes_go_on_in_the_end_if_and_only_if_a_majority_is_left(members, fault):
    last = etcd.broken(members, fault, max(etcd.MOMENTS))
    assert ("Writes go through" in last.says) is (fault != etcd.FAULTS[3])


def test_a_leader_that_is_cut_off_takes_itself_for_the_leader_for_a_moment():
    soon, later = (etcd._look(3, etcd.FAULTS[2], at) for at in (0.2, 4.0))
    (before,) = etcd._look(3, etcd.FAULTS[2], 0.0).leaders
    assert soon.leaders == (before,)
    assert soon.answer != "OK"
    assert before not in later.leaders


def test_four_members_bear_no_more_than_three():
    assert 4 - quorum(4) == 3 - quorum(3)
    assert "Four bear the loss of no more" in etcd.arithmetic().says


def test_the_second_writer_is_refused_and_without_a_version_the_first_ones_work_is_lost():
    refused = writers.conflict(writers.MANNERS[0], 3)
    assert "409" in refused.says
    assert "please apply your changes to the latest version" in refused.html
    both = writers._lines(writers.MANNERS[0])[-1]
    assert (both.replicas, both.image) == (3, "web:2")
    lost = writers._lines(writers.MANNERS[1])[-1]
    assert (lost.replicas, lost.image) == (3, "web:1")


def test_without_the_api_server_what_runs_runs_on_and_nothing_is_stored():
    answers = [outages.goes_on("the API server", number) for number in range(len(outages.QUESTIONS))]
    assert answers == [True, True, False, False, False, False]


def test_every_part_but_none_stops_something_of_its_own():
    rows = {part: tuple(outages.goes_on(part, n) for n in range(len(outages.QUESTIONS))) for part in outages.PARTS}
    assert all(rows["nothing"])
    others = [row for part, row in rows.items() if part not in ("nothing", "a majority of etcd")]
    assert all(not all(row) for row in others)
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    "make", [exercises.majority, exercises.which_part, exercises.who_is_refused, exercises.who_is_told]
)
def test_exercises_differ_from_seed_to_seed(make):
    assert (
        len({str([(step.ask, step.answer) for step in make(seed).steps]) + make(seed).text for seed in range(3)}) == 3
    )
