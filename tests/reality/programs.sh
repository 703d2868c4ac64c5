#!/bin/sh
# The programs that the labs "oci_runtime" and "cri" ask: sh programs.sh TARGET
# Built into TARGET from the Go module proxy, at the versions below; needs Go and a C compiler, and some minutes.
# On Debian, busybox is the package's; elsewhere put a static busybox into TARGET or on the PATH.
# Then: K8SMODELS_PROGRAMS=TARGET pytest tests/reality
set -eu
RUNC=v1.5.2 CONTAINERD=v2.4.2 CRI_TOOLS=v1.37.0

[ $# = 1 ] || { echo "usage: $0 TARGET" >&2; exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build PROGRAM CGO MODULE VERSION PACKAGE [FLAGS...]: at the dependencies of the module's own go.sum
build() {
    program=$1 cgo=$2 module=$3 version=$4 package=$5
    shift 5
    [ -x "$target/$program" ] && return
    rm -rf "$work/source"
    cp -r "$(cd "$work" && go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" "$work/source"
    chmod -R u+w "$work/source"
    echo "$program $version" >&2
    (cd "$work/source" && CGO_ENABLED=$cgo GOFLAGS=-mod=mod go build -trimpath -o "$target/$program" "$@" "$package")
}

build runc 1 github.com/opencontainers/runc "$RUNC" . -ldflags "-s -w -X main.version=${RUNC#v}"
stamp="-X github.com/containerd/containerd/v2/version.Version=$CONTAINERD"
for program in containerd containerd-shim-runc-v2; do
    build "$program" 0 github.com/containerd/containerd/v2 "$CONTAINERD" "./cmd/$program" \
        -tags "no_btrfs no_devmapper no_zfs" -ldflags "-s -w $stamp"
done
build crictl 0 sigs.k8s.io/cri-tools "$CRI_TOOLS" ./cmd/crictl \
    -ldflags "-s -w -X sigs.k8s.io/cri-tools/pkg/version.Version=$CRI_TOOLS"

if [ ! -x "$target/busybox" ] && command -v apt-get >/dev/null; then
    (cd "$work" && apt-get -q download busybox-static && dpkg-deb -x busybox-static_*.deb .)
    cp "$work/bin/busybox" "$target/busybox"
fi
ls "$target"
