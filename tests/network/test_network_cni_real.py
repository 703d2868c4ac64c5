from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from k8smodels.api.errors import FieldError
from k8smodels.network.cni import (
    Answer,
    Call,
    RealPlugins,
    RuntimeConf,
    callers,
    network_config_list,
    run_real,
    sandbox_error,
)
from k8smodels.network.cni.real import MOST_OUTPUT_BYTES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="plugins are programs of Linux")
NETWORK = network_config_list('{"cniVersion": "1.0.0", "name": "net", "plugins": [{"type": "fake"}]}')
RUNTIME = RuntimeConf("c1", "/run/netns/p", "eth0")
CALL = Call("fake", "ADD", "c1", "/run/netns/p", "eth0", "", "/x", {"name": "net"})


def program(directory: Path, script: str) -> RealPlugins:
    path = directory / "fake"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return RealPlugins(str(directory), seconds=1.0)


def test_a_program_gets_environment_and_configuration_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "s")
    found = program(tmp_path, f"cat > {tmp_path}/stdin; env > {tmp_path}/env; echo '{{}}'").execute(CALL)
    assert found == Answer(0, "{}\n")
    assert json.loads((tmp_path / "stdin").read_text()) == {"name": "net"}
    env = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert env.items() >= CALL.env.items()
    assert "SECRET" not in env


def test_a_real_plugin_gives_an_outcome_like_a_simulated_one(tmp_path: Path) -> None:
    program(tmp_path, """echo '{"code": 11, "msg": "wait"}'; exit 1""")
    outcome = run_real(NETWORK, "ADD", str(tmp_path), RUNTIME)
    assert (outcome.error, outcome.code) == ('plugin type="fake" failed (add): wait', 11)


@pytest.mark.parametrize(
    ("script", "stderr"),
    [("sleep 60", "fake: killed after 1 s"), ("sleep 60 & exit 3", ""), ("exec /nosuch", None)],
)
def test_a_program_that_hangs_or_breaks_is_an_error_in_time(tmp_path: Path, script: str, stderr: str | None) -> None:
    answer = program(tmp_path, script).execute(CALL)
    assert answer.exit_code != 0
    assert stderr is None or answer.stderr == stderr


def test_endless_output_is_cut(tmp_path: Path) -> None:
    answer = program(tmp_path, "yes").execute(CALL)
    assert answer.exit_code != 0
    assert len(answer.stdout) <= MOST_OUTPUT_BYTES


def test_a_file_that_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "fake").write_text("")
    assert RealPlugins(str(tmp_path)).execute(CALL).exit_code == 1


@pytest.mark.parametrize("path", ["", "bin", "/nosuch/bin"])
def test_directories_must_exist(path: str) -> None:
    with pytest.raises(FieldError, match="cni_path: Invalid value"):
        RealPlugins(path)


def test_the_kubelet_was_the_caller_until_dockershim_went() -> None:
    kubelet, containerd = callers()
    assert (kubelet.last, containerd.last) == (23, None)
    assert sandbox_error("c1", "x") == 'failed to setup network for sandbox "c1": x'
