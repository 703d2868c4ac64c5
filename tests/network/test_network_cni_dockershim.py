from __future__ import annotations

from k8smodels.network.cni import default_network

BRIDGE = '{"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "bridge"}]}'
FAST = BRIDGE.replace("pods", "fast").replace("bridge", "fast")
SINGLE = '{"cniVersion": "0.4.0", "name": "one", "type": "bridge"}'
INSTALLED = ("bridge", "host-local")


def test_the_first_file_by_name_is_taken() -> None:
    chosen = default_network({"9-b.conflist": FAST, "10-a.conflist": BRIDGE}, INSTALLED)
    assert (chosen.file, chosen.network and chosen.network.name, chosen.skipped) == ("10-a.conflist", "pods", {})


def test_a_broken_file_is_skipped_with_a_warning() -> None:
    chosen = default_network({"10-a.conflist": BRIDGE[:-1], "20-b.conf": SINGLE}, INSTALLED)
    assert chosen.file == "20-b.conf"
    assert chosen.network is not None
    assert chosen.network.plugins[0].type == "bridge"
    assert chosen.skipped["10-a.conflist"].startswith(
        "Error loading CNI config list file /etc/cni/net.d/10-a.conflist: error parsing configuration list:"
    )


def test_a_file_whose_plugin_is_missing_is_skipped() -> None:
    chosen = default_network({"10-fast.conflist": FAST, "20-pods.conflist": BRIDGE}, INSTALLED)
    assert chosen.file == "20-pods.conflist"
    assert chosen.skipped["10-fast.conflist"].endswith('[failed to find plugin "fast" in path [/opt/cni/bin]]')


def test_no_file_and_no_good_file_are_told_apart() -> None:
    assert default_network({"notes.txt": ""}, INSTALLED).error == "no networks found in /etc/cni/net.d"
    assert default_network({"10-a.conf": BRIDGE}, INSTALLED).error == "no valid networks found in /etc/cni/net.d"
    empty = '{"cniVersion": "0.4.0", "name": "pods"}'
    assert default_network({"10-a.conflist": empty}, INSTALLED).skipped["10-a.conflist"].endswith("skipping")
