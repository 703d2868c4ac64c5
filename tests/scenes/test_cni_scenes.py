"""The examples of the chapter on CNI show what its text says they show."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

import pytest

from k8smodels.scenes import cni as scenes
from k8smodels.scenes import cni_choice as choice
from k8smodels.scenes import cni_diagnosis as diagnosis
from k8smodels.scenes import cni_exercises as exercises
from k8smodels.scenes import cni_leases as leases
from k8smodels.scenes import cni_own as own
from k8smodels.scenes import cni_real as real

BOOK = Path(__file__).parents[2] / "book"
PLUGINS = BOOK / "cni-plugins.yml"
EXERCISES = [
    exercises.which_file,
    exercises.next_address,
    exercises.how_many,
    exercises.chain,
    diagnosis.diagnose,
]
WISHES = list(scenes.WISHES)


def text(html: str) -> str:
    return re.sub("<[^>]*>", " ", html)


# One pod from ADD to DEL.


@pytest.mark.parametrize("wish", WISHES)
def test_every_wish_has_all_steps(wish: str) -> None:
    assert len(scenes.story(wish)) == scenes.STEPS


@pytest.mark.parametrize("wish", WISHES)
def test_a_step_begins_where_the_one_before_has_ended(wish: str) -> None:
    story = scenes.story(wish)
    assert [scene.before for scene in story[1:]] == [scene.node for scene in story[:-1]]


def test_the_address_is_there_before_the_pod_has_it() -> None:
    has_file, has_address = (
        [place(scene.node) for scene in scenes.story("nothing more")]
        for place in (
            lambda node: "/var/lib/cni/networks/pods/10.244.1.2" in node.files,
            lambda node: "10.244.1.2/24" in str(node.namespaces[scenes.NETNS].links),
        )
    )
    assert has_file.index(True) + 1 == has_address.index(True)


def test_what_the_runtime_put_in_is_marked() -> None:
    frame = scenes.calls("nothing more", 1)
    marked = re.findall("<mark>(.*?)</mark>", frame.html)
    assert [line.strip() for line in marked] == ['"name": "pods",', '"cniVersion": "1.0.0"']


def test_a_host_port_makes_rules_and_without_one_portmap_does_nothing() -> None:
    assert "Nothing: it leaves everything as it is." in scenes.calls("nothing more", 8).html
    assert "-j DNAT --to-destination 10.244.1.2:80" in scenes.calls("hostPort 8080", 8).html
    assert "port 8080 of the node" in scenes.calls("hostPort 8080", 8).says
    assert "tbf rate 8000000bit" in scenes.calls("hostPort 8080, 8 Mbit/s", 9).html


def test_after_del_the_bridge_stays_and_the_address_is_free() -> None:
    last = scenes.story("hostPort 8080")[-1].node
    assert [link.name for link in last.host.links] == ["lo", "eth0", "cni0"]
    assert "/var/lib/cni/networks/pods/10.244.1.2" not in last.files
    assert "<del>" in scenes.calls("hostPort 8080", scenes.STEPS - 1).html


# Which configuration?


@pytest.mark.parametrize(
    ("directory", "containerd", "kubelet"),
    [
        ("one file", "10-pods.conflist", "10-pods.conflist"),
        ("9- and 10-", "10-pods.conflist", "10-pods.conflist"),
        ("the first is broken", "", "20-pods.conflist"),
        ("the first one's plugin is missing", "10-fast.conflist", "20-pods.conflist"),
        (".conf beside .conflist", "10-pods.conf", "10-pods.conf"),
        ("a backup, nothing else", "", ""),
    ],
)
def test_the_kubelet_skipped_what_containerd_stops_at(directory: str, containerd: str, kubelet: str) -> None:
    files = choice.DIRECTORIES[directory]
    assert [choice.choice(files, caller).file for caller in choice.CALLERS] == [containerd, kubelet]


def test_a_plugin_that_is_missing_is_found_out_at_add() -> None:
    assert "each ADD will fail" in choice.chosen("the first one's plugin is missing", choice.CALLERS[0]).html


def test_a_file_with_another_ending_is_not_looked_at() -> None:
    frame = choice.chosen("a backup, nothing else", choice.CALLERS[0])
    assert "not looked at" in frame.html
    assert "cni plugin not initialized" in frame.html


# Who calls?


@pytest.mark.parametrize("era", choice.ERAS)
def test_every_step_of_a_sandbox_has_its_sentence(era: str) -> None:
    says = {choice.who_calls(era, step).says for step in range(choice.ERA_STEPS)}
    assert len(says) == choice.ERA_STEPS
    with pytest.raises(IndexError):
        choice.who_calls(era, choice.ERA_STEPS)


def test_pause_ran_before_the_plugin_and_now_runs_after_it() -> None:
    def places(era: str) -> tuple[int, int]:
        says = [choice.who_calls(era, step).says for step in range(choice.ERA_STEPS)]
        found = [next(i for i, line in enumerate(says) if word in line) for word in ("pause", "`ADD`")]
        return found[0], found[1]

    pause, add = places(choice.DOCKER)
    assert pause < add
    pause, add = places(choice.CONTAINERD)
    assert pause > add


# Plugins.


def test_the_list_is_filtered_by_mode_policy_and_year() -> None:
    def names(*setting: object) -> list[str]:
        return re.findall("<summary><b>(.*?)</b>", choice.compared(PLUGINS, *setting).html)  # type: ignore[arg-type]

    assert len(names("any", False, "today")) == 12
    assert "Flannel" not in names("any", True, "today")
    assert "Amazon VPC CNI" in names("underlay", True, "today")
    assert "Amazon VPC CNI" not in names("underlay", True, "2020")
    assert {"Cilium", "Calico"} <= set(names("ebpf", False, "today"))


def test_two_of_the_notes_plugins_have_ended() -> None:
    assert choice.compared(PLUGINS, "any", False, "today").says == "12 of 12 plugins. 2 of them have ended."
    assert choice.compared(PLUGINS, "any", False, "2020").says == "12 of 12 plugins."


def test_the_sources_are_links() -> None:
    assert choice.sources(PLUGINS).html.count('href="https://') > 30


# Addresses.


@pytest.mark.parametrize("story", leases.STORIES)
def test_every_story_of_addresses_has_all_steps(story: str) -> None:
    assert len(leases.played(story)) == leases.STEPS


def given(story: str) -> list[str]:
    return [leases.addresses(story, step).says for step in range(leases.STEPS)]


def test_a_freed_address_waits_for_its_turn() -> None:
    said = given("pods come and go")
    assert said[3].startswith("DEL for **b**: 10.244.1.3")
    assert said[4] == "ADD for **d**: it gets 10.244.1.5."
    assert said[6] == "ADD for **f**: it gets 10.244.1.3."


def test_without_del_three_addresses_belong_to_nobody() -> None:
    frame = leases.addresses("nobody called DEL", 6)
    assert text(frame.html).count("nobody") == 3
    assert "no IP addresses available in range set: 10.244.1.1-10.244.1.6" in frame.html
    assert given("nobody called DEL")[8] == "ADD for **f**: it gets 10.244.1.2."


def test_two_sets_give_an_address_each_or_none() -> None:
    assert given("two families")[0] == "ADD for **a**: it gets 10.244.1.2 fd00:10:244:1::2."
    failed = leases.played("two families")[7]
    assert failed.error
    assert "c-g" not in str(failed.files)


# The reader's own.


def test_a_configuration_of_the_reader_is_run() -> None:
    frame = own.own(own.CASES["flannel"])
    assert frame.says == "ADD succeeds."
    assert "/run/flannel/subnet.env" in frame.html


def test_four_mistakes_are_four_lines() -> None:
    with pytest.raises(ValueError, match="name") as caught:
        own.own(own.CASES["four mistakes"])
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "[]",
        "{",
        "{}",
        '{"name": 3}',
        "[" * 5000,
        json.dumps({"cniVersion": "1.0.0", "name": "n", "plugins": [{}] * 40}),
        json.dumps({"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "bridge"}] * 17}),
        json.dumps({"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "bridge", "vlan": 7}]}),
    ],
)
def test_bad_input_is_an_error_with_few_lines(bad: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (many kinds)
        own.own(bad)
    assert len(str(caught.value).splitlines()) <= own.MOST_ERRORS + 1


def test_what_a_reader_writes_is_escaped() -> None:
    network = own.CASES["bridge and portmap"].replace('"bridge",\n', '"<img src=x>",\n')
    assert "<img" not in own.own(network).html


def test_a_plugin_without_a_program_fails_in_libcnis_words() -> None:
    frame = own.own('{"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "calico"}]}')
    assert frame.says == (
        'ADD fails: plugin type="calico" failed (add): failed to find plugin "calico" in path [/opt/cni/bin]'
    )


def test_the_file_of_the_book_is_the_chapters_and_real_plugins_agreed_with_the_model() -> None:
    conflist = (BOOK / "files" / "10-pods.conflist").read_text()
    assert conflist == scenes.CONFLIST
    recorded = json.loads((BOOK / "files" / "recorded-cni.json").read_text())
    outcome, _machine = own.run_simulated(own.read_network(conflist))
    assert outcome.result is not None
    assert own.plain(recorded) == own.plain({"error": None, "result": outcome.result.to_json()})


def test_a_page_without_a_kernel_says_what_real_plugins_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8SMODELS_STATIC", "1")
    monkeypatch.setenv("CNI_PATH", "/opt/cni/bin")
    assert "not in this page" in own.own(own.CASES["flannel"], real=True).html


@pytest.mark.parametrize(
    "plugin",
    [
        '{"type": "bridge", "dataDir": "/etc"}',
        '{"type": "bridge", "ipam": {"type": "host-local", "dataDir": "/", "ranges": [[{"subnet": "10.0.0.0/24"}]]}}',
        '{"type": "flannel"}',
        '{"type": "sh"}',
    ],
)
def test_real_plugins_are_kept_from_the_rest_of_the_machine(plugin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("K8SMODELS_STATIC", raising=False)
    monkeypatch.setenv("CNI_PATH", "/nosuch")
    monkeypatch.setattr(own.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    network = own.read_network(f'{{"cniVersion": "1.0.0", "name": "n", "plugins": [{plugin}]}}')
    assert own.cannot_run(network).startswith("Only plugins")
    harmless = own.read_network('{"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "bridge"}]}')
    assert own.cannot_run(harmless) == ""


def test_a_real_run_that_fails_to_be_set_up_says_why(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(real, "SET_UP", ("ls /nosuch",))
    monkeypatch.setattr(sys, "stdin", (BOOK / "files" / "10-pods.conflist").open())
    assert real.main() == 1
    assert "/nosuch" in capsys.readouterr().err


def test_real_plugins_beside_the_model_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("K8SMODELS_STATIC", raising=False)
    reason = own.cannot_run(own.read_network(scenes.CONFLIST))
    if reason:
        pytest.skip(reason)
    assert "the same as the model" in own.own(scenes.CONFLIST, real=True).html


def test_the_judge_wants_address_route_and_port() -> None:
    range_ = '"ranges": [[{"subnet": "10.244.7.0/24", "rangeStart": "10.244.7.10"}]]'
    attempt = '{{"cniVersion": "1.0.0", "name": "mine", "plugins": [{{"type": "bridge", {}"ipam": {{"type": "host-local", {}}}}}, {{"type": "portmap"{}}}]}}'  # noqa: E501
    gateway, able = '"isDefaultGateway": true, ', ', "capabilities": {"portMappings": true}'
    assert "got 10.244.7.2/24" in own.judge(attempt.format("", range_.replace(', "rangeStart": "10.244.7.10"', ""), ""))
    assert "no default route" in own.judge(attempt.format("", range_, able))
    assert "nothing forwards" in own.judge(attempt.format(gateway, range_, ""))
    assert own.judge(attempt.format(gateway, range_, able)).startswith("Done: 10.244.7.10/24")
    assert own.judge("{").startswith("Not yet: Invalid value")


# Exercises.


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_wrong_answer_that_is_explained_is_the_right_one(exercise) -> None:
    for seed in range(40):
        for step in exercise(seed).steps:
            right = step.answer if isinstance(step.answer, frozenset | set) else {str(step.answer)}
            assert step.kind == "several" or not right & set(step.wrong), (seed, step.ask)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str(exercise(seed).steps[0].answer) for seed in range(20)}) > 2


def test_each_fault_shows_in_the_words_of_its_finder() -> None:
    shown = [case.text for case in diagnosis.stuck(random.Random(0))]
    words = (
        'failed to find plugin "host-local"',
        "no IP addresses available",
        "already has an IP address different from",
        "incompatible CNI versions",
        "failed to load CNI config list file",
    )
    assert [word in line for word, line in zip(words, shown, strict=True)] == [True] * 5


def test_a_forgotten_range_start_is_named() -> None:
    wrong = exercises._wrong_ranges(32, 20, "10.244.3.11")
    assert all("rangeStart, 10.244.3.11" in wrong[number] for number in ("32", "30", "29"))
    assert "gateway" in exercises._wrong_ranges(32, 29, "")["30"]


def test_the_file_that_is_used_is_not_the_number_of_files_that_count() -> None:
    assert exercises._wrong_counts(4, 2).keys() == {"4", "1"}
    assert exercises._wrong_counts(4, 1).keys() == {"4"}


def test_the_words_of_a_fault_are_in_its_text_alone() -> None:
    cases = diagnosis.stuck(random.Random(0))
    for case in cases:
        assert [other for other in cases if case.words in other.text] == [case]
