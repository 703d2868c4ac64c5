#!/bin/sh
# Builds the plugins of CNI for the reality tests into a directory: cni_programs.sh DIR; then CNI_PATH=DIR pytest ...
set -eu
if [ $# -ne 1 ]; then
	echo "usage: cni_programs.sh DIR" >&2
	exit 2
fi
if ! command -v go >/dev/null 2>&1; then
	echo "cni_programs.sh: Go is needed to build the plugins: https://go.dev/dl" >&2
	exit 2
fi
mkdir -p "$1"
plugins=github.com/containernetworking/plugins/plugins
version=v1.9.1
packages=
for name in main/bridge main/ptp main/macvlan main/ipvlan main/loopback ipam/host-local \
	meta/portmap meta/bandwidth meta/firewall meta/tuning; do
	packages="$packages $plugins/$name@$version"
done
# shellcheck disable=SC2086 # one word a package
GOBIN=$(cd "$1" && pwd) CGO_ENABLED=0 go install $packages
