"""The examples of the chapter on processes show what its text says they show."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from k8smodels.isolation.machine import KINDS
from k8smodels.scenes import processes as scenes
from k8smodels.scenes import processes_diagnoses as diagnoses
from k8smodels.scenes import processes_exercises as exercises
from k8smodels.scenes import processes_life as life
from k8smodels.scenes import processes_listings as listings
from k8smodels.scenes import processes_namespaces as namespaces
from k8smodels.scenes import processes_rights as rights
from k8smodels.scenes import processes_roots as roots
from k8smodels.views.frame import Frame, error_frame

FILES = Path(__file__).parents[2] / "book" / "files"
EXERCISES = [
    exercises.which_kind,
    exercises.pid_numbers,
    exercises.who_dies,
    diagnoses.which_errno,
    diagnoses.diagnose,
]


def rows(frame: Frame) -> list[list[str]]:
    """The cells of the frame's table, as a reader reads them."""
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", frame.html)
    return [
        [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)]
        for line in lines
    ][1:]


def test_a_process_in_a_chroot_ends_another_and_reads_the_secret() -> None:
    told = rows(scenes.caged())
    assert ["app", "kill(web, SIGKILL)", "done"] in told
    assert ["app", 'read("/secret")', "ENOENT secret does not exist"] in told
    assert told[-1] == ["app", 'read("/secret")', "SECRET"]


def test_each_attack_harms_web() -> None:
    harmed = {what: rows(scenes.attack(what)) for what in scenes.attacks()}
    assert harmed["kill"][-1][-1].startswith("ECONNREFUSED")
    assert [harmed["file"][i][-1] for i in (0, 2)] == ["port=8080", "port=9090"]
    assert harmed["port"][-1][-1].startswith("EADDRINUSE")
    assert harmed["name"][-1][-1] == "batch-1"
    assert [line[-1] for line in harmed["cpu"]] == ["100%", "25%"]
    assert harmed["memory"][0] == ["web", "500 MiB", "killed"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_namespace_makes_one_line_differ(kind: str) -> None:
    assert [line[0] for line in rows(namespaces.one_kind(kind)) if line[2] != line[3]] == [kind]


def test_without_a_namespace_nothing_differs() -> None:
    assert all(line[2] == line[3] for line in rows(namespaces.one_kind("")))


def test_ps_needs_a_proc_of_its_own() -> None:
    pid_only = rows(namespaces.board(pid=True, mnt=False, uts=False, net=False))
    with_mounts = rows(namespaces.board(pid=True, mnt=True, uts=False, net=False))
    assert [line[2] for line in pid_only[:4]] == ["1", "2", "3", "1"]
    assert [line[2] for line in with_mounts[:4]] == ["not listed", "1", "not listed", "1"]


def test_a_port_is_taken_once_in_a_net_namespace() -> None:
    for net, verdict in ((False, "EADDRINUSE"), (True, "allowed")):
        assert rows(namespaces.board(pid=False, mnt=False, uts=False, net=net))[6][1:] == [
            "not tried", "allowed", verdict,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "is_out"), [("chroot", True), ("descriptor", True), ("dropped", False), ("pivot", False)]
)
def test_two_ways_lead_out_and_two_do_not(way: str, is_out: bool) -> None:
    last = roots.escape(way, roots.STEPS - 1)
    assert ("app is out" in last.says) == is_out
    assert (rows(last)[-1][1] == "SECRET") == is_out


@pytest.mark.parametrize("way", roots.ways())
def test_a_step_tells_no_answer_of_a_later_one(way: str) -> None:
    frames = [rows(roots.escape(way, step)) for step in range(roots.STEPS)]
    assert len({len(frame) for frame in frames}) == 1
    for frame in frames[:-1]:
        assert frame[-1][1:] == ["…", "", ""]


def test_after_pivot_root_the_tree_begins_at_the_new_root() -> None:
    assert "secret" not in roots.escape("pivot", 1).html.partition("<pre")[2]
    assert "secret" in roots.escape("chroot", 1).html.partition("<pre")[2]


def test_a_process_has_a_number_in_each_namespace_around_it() -> None:
    table = {line[0]: line[1:4] for line in rows(life.numbers("inner", 3))}
    assert table["worker"] == ["5", "4", "2"]
    assert table["inner"] == ["4", "3", "1"]
    assert table["helper"][2] == "– not visible"


def test_the_end_of_number_1_ends_what_lies_inside() -> None:
    states = {ends: {line[0]: line[-1] for line in rows(life.numbers(ends, 5))} for ends in ("inner", "outer")}
    assert states["inner"] == {
        "init": "runs", "outer": "runs", "helper": "runs", "inner": "zombie", "worker": "gone",
    }  # fmt: skip
    assert [name for name, state in states["outer"].items() if state == "gone"] == ["helper", "inner", "worker"]


@pytest.mark.parametrize(("waits", "zombies"), [(False, 2), (True, 0)])
def test_zombies_stay_until_number_1_waits(waits: bool, zombies: int) -> None:
    assert sum(line[2] == "Z" for line in rows(life.duties(waits, 4))) == zombies


def test_number_1_outlives_sigterm_and_not_sigkill() -> None:
    assert rows(life.duties(True, 5))[0][:2] == ["1", "0"]
    assert "No process is left" in life.duties(True, 6).html


def test_root_of_a_user_namespace_is_root_over_its_own_only() -> None:
    refused = {mapping: [line[1][:5] for line in rows(rights.root_inside(mapping))] for mapping in rights.mappings()}
    assert refused["none"] == ["done"] * 6
    assert refused["100000"] == refused["1000"] == ["EPERM"] * 3 + ["done"] * 3
    assert rights.root_inside("100000").says.startswith("Inside **0**, on the node **100000**")


def test_pid_takes_the_name_and_user_takes_the_right() -> None:
    answers = {own: [line[2] for line in rows(rights.signals("web", "SIGKILL", own))] for own in rights.containers()}
    assert answers == {
        "": ["ignored", "it ends", "it ends", "it ends"],
        "pid": ["ESRCH", "ESRCH", "ignored", "it ends"],
        "user": ["EPERM", "it ends", "it ends", "it ends"],
        "user pid": ["ESRCH", "ESRCH", "ignored", "it ends"],
    }


def test_the_recorded_listings_are_a_pod_of_two_containers() -> None:
    cases = listings.recorded_cases((FILES / "ns-listings.txt").read_text())
    node, app, side, pause = cases.values()
    assert listings.compared(app, side).says.startswith("Shared: uts, ipc, net, user, time. Apart: mnt, pid, cgroup.")
    assert "two containers of one Pod" in listings.compared(app, side).says
    assert "Not two containers" in listings.compared(node, app).says
    assert "two processes of one container" in listings.compared(app, app).says
    assert "single namespaces" not in listings.compared(app, pause).says


def test_a_broken_listing_is_named_by_its_field() -> None:
    with pytest.raises(ValueError, match="second, line 1: Invalid value"):
        listings.compared("net -> net:[1]", "hello")


def test_text_of_readers_is_escaped() -> None:
    with pytest.raises(ValueError, match="first, line 1") as refused:
        listings.compared("<script>", "net -> net:[1]")
    html = error_frame(refused.value).html
    assert "&lt;script&gt;" in html
    assert "<script" not in html


@pytest.fixture(scope="module")
def measured() -> dict[str, object]:
    return json.loads((FILES / "measured-isolation.json").read_text())


@pytest.mark.parametrize("script", listings.RECORDED)
def test_model_and_kernel_agree_call_by_call(measured: dict[str, object], script: str) -> None:
    frame = listings.beside(measured, script)
    assert frame.says.endswith("Differences: 0.")
    assert all(line[2] == line[3] for line in rows(frame))


def test_a_difference_from_the_kernel_is_shown(measured: dict[str, object]) -> None:
    changed = json.loads(json.dumps(measured))
    changed["scripts"]["roots"]["pivot_root holds"][-1] |= {"errno": None, "answer": "SECRET"}
    frame = listings.beside(changed, "pivot_root holds")
    assert frame.says.endswith("Differences: 1.")
    assert rows(frame)[-1][2:] == ["ENOENT", "SECRET"]


def test_each_complaint_has_its_own_cause_in_the_listings() -> None:
    told = {case.cause: diagnoses.listed(case) for case in diagnoses.complaints()}
    assert len(told) == 5
    for cause, (app, side) in told.items():
        assert (app["net"] == side["net"]) == ("two Pods" not in cause)
        assert (app["pid"] == 4026531836) == ("hostPID" in cause)
        assert (app["net"] == 4026531833) == ("hostNetwork" in cause)
        assert (side["mnt"] == 4026531832) == ("debugging" in cause)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({(exercise(seed).text, str(exercise(seed).steps)) for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str(exercise(seed).steps[-1].answer) for seed in range(20)}) > 2
