from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from k8smodels.network.cni import (
    Answer,
    Call,
    ExecError,
    NetworkConfigList,
    Outcome,
    RuntimeConf,
    network_config_list,
    perform,
)

RUNTIME = RuntimeConf("c1", "/run/netns/p", "eth0")


class Scripted:
    """Plugins that answer as they are told, else with nothing."""

    def __init__(self, answers: Mapping[tuple[str, str], Answer] | None = None, missing: str = "") -> None:
        self.answers, self.missing = answers or {}, missing
        self.calls: list[Call] = []

    def has(self, plugin: str) -> bool:
        return plugin != self.missing

    def execute(self, call: Call) -> Answer:
        self.calls.append(call)
        default = Answer(0, "{}") if call.command == "ADD" else Answer()
        return self.answers.get((call.plugin, call.command), default)


def network(*types: str, version: str = "1.1.0", **more: object) -> NetworkConfigList:
    plugins = [{"type": name} for name in types]
    return network_config_list(json.dumps({"cniVersion": version, "name": "net", "plugins": plugins, **more}))


def ran(outcome: Outcome) -> list[tuple[str, str]]:
    return [(exchange.call.plugin, exchange.call.command) for exchange in outcome.exchanges]


def test_add_goes_forward_and_del_backward() -> None:
    added = perform("ADD", network("a", "b"), RUNTIME, Scripted())
    assert ran(added) == [("a", "ADD"), ("b", "ADD")]
    assert ran(perform("DEL", network("a", "b"), RUNTIME, Scripted(), added.cache)) == [("b", "DEL"), ("a", "DEL")]


def test_a_result_without_a_version_has_the_configurations() -> None:
    assert perform("ADD", network("a", version="0.4.0"), RUNTIME, Scripted()).result.version == "0.4.0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(0, ""), "failed to unmarshal raw result: unexpected end of JSON input"),
        (Answer(0, "[]"), "failed to unmarshal raw result: json: cannot unmarshal array into Go value"),
        (Answer(0, '{"cniVersion": "9.9.9"}'), 'unsupported CNI result version "9.9.9"'),
        (Answer(0, '{"ips": [{"address": "x"}]}'), "invalid CIDR address: x"),
        (Answer(2), "netplugin failed with no error message: exit status 2"),
        (Answer(1, "{}"), ""),
        (Answer(1, '{"code": "x"}'), "cannot unmarshal string into Go struct field Error.code of type uint"),
        (Answer(1, '{"code": 11, "msg": "wait", "details": "now"}'), "wait; now"),
    ],
)
def test_an_answer_that_is_no_result_fails_the_add(answer: Answer, problem: str) -> None:
    outcome = perform("ADD", network("a", "b"), RUNTIME, Scripted({("a", "ADD"): answer}))
    assert outcome.error is not None
    assert outcome.error.startswith('plugin type="a" failed (add): ')
    assert problem in outcome.error
    assert outcome.cache == {}
    assert ran(outcome) == [("a", "ADD")]


def test_the_plugins_error_code_is_kept() -> None:
    answers = {("a", "ADD"): Answer(1, '{"code": 11, "msg": "wait"}')}
    assert perform("ADD", network("a"), RUNTIME, Scripted(answers)).code == 11


def test_a_plugin_that_is_not_installed_is_named_with_the_path() -> None:
    outcome = perform("ADD", network("a"), RUNTIME, Scripted(missing="a"), path="/opt/cni/bin:/usr/lib/cni")
    assert (
        outcome.error == 'plugin type="a" failed (add): failed to find plugin "a" in path [/opt/cni/bin /usr/lib/cni]'
    )
    slashed = perform("ADD", network("../sh"), RUNTIME, Scripted())
    assert slashed.error == 'plugin type="../sh" failed (add): invalid plugin name: ../sh'


def test_garbage_is_what_is_cached_and_not_valid() -> None:
    net, cache = network("a", "b"), None
    for container in ("c1", "c2", "c3"):
        cache = perform("ADD", net, RuntimeConf(container, "/x", "eth0"), Scripted(), cache).cache
    plugins = Scripted()
    outcome = perform("GC", net, RuntimeConf(), plugins, cache, valid_attachments=[("c2", "eth0")])
    deleted = [call.container_id for call in plugins.calls if call.command == "DEL"]
    assert deleted == ["c1", "c1", "c3", "c3"]
    assert [attachment.container_id for attachment in outcome.cache.values()] == ["c2"]
    asked = [call.stdin["cni.dev/valid-attachments"] for call in plugins.calls if call.command == "GC"]
    assert asked == [[{"containerID": "c2", "ifname": "eth0"}]] * 2


def test_all_failures_of_a_collection_are_told() -> None:
    answers = {(name, "GC"): Answer(1, json.dumps({"code": 999, "msg": f"{name} is busy"})) for name in ("a", "b")}
    outcome = perform("GC", network("a", "b"), RuntimeConf(), Scripted(answers))
    assert outcome.error == "failed to GC plugin a: a is busy\nfailed to GC plugin b: b is busy"
    assert perform("GC", network("a", disableGC=True), RuntimeConf(), Scripted(answers)).exchanges == ()


def test_the_first_plugin_that_is_not_ready_ends_status() -> None:
    answers = {("a", "STATUS"): Answer(1, '{"code": 50, "msg": "no daemon"}')}
    outcome = perform("STATUS", network("a", "b"), RuntimeConf(), Scripted(answers))
    assert (outcome.error, outcome.code, ran(outcome)) == ("no daemon", 50, [("a", "STATUS")])


def test_a_cached_result_that_cannot_be_converted_fails_check_but_not_del() -> None:
    cache = perform("ADD", network("a"), RUNTIME, Scripted()).cache
    odd = network("a", version="1.0.5")
    wanted = 'failed to convert cached result to config version "1.0.5": no converter for CNI result version 1.1.0'
    assert wanted in (perform("CHECK", odd, RUNTIME, Scripted(), cache).error or "")
    deleted = perform("DEL", odd, RUNTIME, Scripted(), cache)
    assert (deleted.error, deleted.cache) == (None, {})


def test_the_cache_file_holds_what_del_needs() -> None:
    runtime = RuntimeConf("c1", "/x", "eth0", (("K", "v"),), {"mac": "02:00:00:00:00:01"})
    ((name, attachment),) = perform("ADD", network("a"), runtime, Scripted()).cache.items()
    document = attachment.to_json()
    assert name == "net-c1-eth0"
    assert document["kind"] == "cniCacheV1"
    assert document["cniArgs"] == [["K", "v"]]
    assert document["capabilityArgs"] == {"mac": "02:00:00:00:00:01"}
    assert document["result"] == {"cniVersion": "1.1.0"}


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(ExecError, match='unknown command "UPDATE": one of ADD, CHECK, DEL, GC, STATUS'):
        perform("UPDATE", network("a"), RUNTIME, Scripted())
