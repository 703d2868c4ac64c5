"""Paths, mounts and roots: what a path means, and how a process gets out of a chroot."""

from collections.abc import Callable

import pytest

from k8smodels.isolation.machine import (
    File,
    Machine,
    Refused,
    Step,
    Symlink,
    after_pivot_root,
    bind,
    boot,
    chdir,
    chroot,
    chroot_escape,
    clone,
    close,
    descriptor_escape,
    fchdir,
    fork,
    listdir,
    mkdir,
    mount,
    open_directory,
    pivot_root,
    read,
    resolve,
    symlink,
    umount,
    unshare,
    write,
)

TREE = {"/secret": File("SECRET"), "/rootfs/etc/hosts": File("127.0.0.1"), "/data/link": Symlink("../rootfs/etc")}


@pytest.fixture
def node() -> tuple[Machine, int]:
    """A node and a process with a mount namespace of its own."""
    return clone(boot(TREE), 1, "mnt")


def errno(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.errno


def test_a_second_chroot_leads_out_of_the_first() -> None:
    steps = chroot_escape()
    assert steps[-1].answer == "SECRET"
    assert [step.refused for step in steps if step.refused] == []
    assert "secret" not in steps[2].listing
    assert steps[4].cwd.startswith("(unreachable)")


def test_without_cap_sys_chroot_the_way_is_closed() -> None:
    refused = [(step.call.name, step.refused.errno) for step in chroot_escape(drop_chroot=True) if step.refused]
    assert refused == [("chroot", "EPERM"), ("chroot", "EPERM"), ("read", "ENOENT")]


def test_an_open_directory_leads_out_of_a_chroot() -> None:
    assert descriptor_escape()[-1].answer == "SECRET"


def test_after_pivot_root_nothing_is_above() -> None:
    steps = after_pivot_root()
    assert steps[-1].refused is not None
    assert steps[-1].refused.errno == "ENOENT"
    assert _names(steps[-1]) == {"app", "esc"}


def _names(step: Step) -> set[str]:
    return set(step.listing)


def test_dot_dot_stops_at_the_own_root(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = chdir(chroot(machine, app, "/rootfs"), app, "/")
    found = resolve(machine, app, "../../etc/hosts")
    assert found.entry == File("127.0.0.1")
    assert [step.component for step in found.steps] == [".", "..", "..", "etc", "hosts"]
    assert "root" in found.steps[1].reason


def test_links_are_followed_from_their_directory_or_from_the_root(node: tuple[Machine, int]) -> None:
    machine, app = node
    assert read(machine, app, "/data/link/hosts") == "127.0.0.1"
    machine = symlink(machine, app, "/secret", "/rootfs/way-out")
    assert read(machine, app, "/rootfs/way-out") == "SECRET"
    machine = chroot(machine, app, "/rootfs")
    assert errno(lambda: read(machine, app, "/way-out")) == "ENOENT"


def test_a_circle_of_links_ends() -> None:
    machine = boot({"/a": Symlink("b"), "/b": Symlink("a")})
    assert errno(lambda: resolve(machine, 1, "/a")) == "ELOOP"
    assert errno(lambda: write(machine, 1, "/a", "")) == "ELOOP"


def test_a_write_through_a_dangling_link_makes_its_target() -> None:
    machine = write(boot({"/dir/a": Symlink("../made")}), 1, "/dir/a", "text")
    assert read(machine, 1, "/made") == "text"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "ENOENT"),
        ("/none/x", "ENOENT"),
        ("/secret/x", "ENOTDIR"),
        ("/secret/", "ENOTDIR"),
        ("/" + "x" * 256, "ENAMETOOLONG"),
        ("/." * 2100, "ENAMETOOLONG"),
        ("/a\0b", "EINVAL"),
    ],
)
def test_paths_that_lead_nowhere(path: str, name: str) -> None:
    assert errno(lambda: resolve(boot(TREE), 1, path)) == name


def test_a_mount_is_seen_in_its_own_namespace_only(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = write(mount(machine, app, "tmpfs", "/data"), app, "/data/own", "text")
    assert listdir(machine, app, "/data") == ("own",)
    assert listdir(machine, 1, "/data") == ("link",)


def test_a_chroot_shares_files_and_processes(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = mount(mkdir(machine, app, "/rootfs/proc"), app, "proc", "/rootfs/proc")
    machine = mkdir(chroot(machine, app, "/rootfs"), app, "/made")
    assert "made" in listdir(machine, 1, "/rootfs")
    assert listdir(machine, app, "/proc") == ("1", "2")


def test_what_pivot_root_asks_for(node: tuple[Machine, int]) -> None:
    machine, app = node
    assert errno(lambda: pivot_root(machine, app, "/rootfs", "/rootfs")) == "EBUSY"
    machine = bind(machine, app, "/rootfs", "/rootfs")
    assert errno(lambda: pivot_root(machine, app, "/rootfs", "/data")) == "EBUSY"
    machine = mount(machine, app, "tmpfs", "/data")
    assert errno(lambda: pivot_root(machine, app, "/rootfs", "/data")) == "EINVAL"
    assert errno(lambda: pivot_root(machine, app, "/rootfs/etc", "/rootfs/etc")) == "EINVAL"
    inside = chroot(machine, app, "/rootfs/etc")
    assert errno(lambda: pivot_root(inside, app, "/", "/")) == "EBUSY"


def test_pivot_root_moves_every_process_that_had_the_old_root(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine, child = fork(mkdir(machine, app, "/rootfs/old"), app)
    machine = pivot_root(bind(machine, app, "/rootfs", "/rootfs"), app, "/rootfs", "/rootfs/old")
    assert listdir(machine, child, "/") == ("etc", "old")
    assert read(machine, child, "/old/secret") == "SECRET"
    assert read(machine, 1, "/secret") == "SECRET"
    assert errno(lambda: read(umount(machine, app, "/old", detach=True), child, "/old/secret")) == "ENOENT"


def test_a_mount_in_use_is_unmounted_only_lazily(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = chdir(mount(machine, app, "tmpfs", "/data"), app, "/data")
    assert errno(lambda: umount(machine, app, "/data")) == "EBUSY"
    assert errno(lambda: umount(machine, app, "/rootfs")) == "EINVAL"
    machine = umount(machine, app, "/data", detach=True)
    assert listdir(machine, app, ".") == ()
    assert listdir(machine, app, "/data") == ("link",)


def test_unmounting_the_root_makes_it_read_only(node: tuple[Machine, int]) -> None:
    machine, app = node
    assert errno(lambda: mkdir(umount(machine, app, "/"), app, "/late")) == "EROFS"


def test_a_recursive_bind_takes_the_mounts_below_along(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = mkdir(mount(machine, app, "tmpfs", "/rootfs/etc"), app, "/rootfs/etc/inner")
    assert listdir(bind(machine, app, "/rootfs", "/data"), app, "/data/etc") == ("hosts",)
    assert listdir(bind(machine, app, "/rootfs", "/data", recursive=True), app, "/data/etc") == ("inner",)


def test_mounts_of_a_more_privileged_user_namespace_are_locked(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine = unshare(machine, app, "user", "mnt")
    assert errno(lambda: umount(machine, app, "/proc")) == "EINVAL"
    assert errno(lambda: bind(machine, app, "/", "/data")) == "EINVAL"
    assert umount(mount(machine, app, "tmpfs", "/data"), app, "/data")


def test_no_user_namespace_in_a_chroot(node: tuple[Machine, int]) -> None:
    machine, app = node
    assert errno(lambda: unshare(chroot(machine, app, "/rootfs"), app, "user")) == "EPERM"


def test_a_closed_descriptor_means_nothing(node: tuple[Machine, int]) -> None:
    machine, app = node
    machine, number = open_directory(machine, app, "/data")
    assert resolve(fchdir(machine, app, number), app, ".").location.path == "/data"
    assert errno(lambda: fchdir(close(machine, app, number), app, number)) == "EBADF"


def test_a_file_system_is_bounded() -> None:
    assert errno(lambda: write(boot(), 1, "/big", "x" * ((1 << 20) + 1))) == "ENOSPC"
    assert errno(lambda: mkdir(boot(), 1, "/proc/new")) == "ENOENT"


def test_mounts_are_bounded() -> None:
    machine = boot({"/data/x": File()})
    for _ in range(397):
        machine = mount(machine, 1, "tmpfs", "/data")
    assert errno(lambda: mount(machine, 1, "tmpfs", "/data")) == "ENOSPC"
    assert errno(lambda: unshare(machine, 1, "mnt")) == "ENOSPC"
    assert listdir(umount(machine, 1, "/data"), 1, "/data") == ()


@pytest.mark.parametrize("path", ["", "/", "a", "/a//b", "/a/../b", "/a/", "/a\0"])
def test_a_tree_has_plain_paths(path: str) -> None:
    assert errno(lambda: boot({path: File()})) == "EINVAL"


@pytest.mark.parametrize("paths", [["/a", "/a/b"], ["/a/b", "/a"]])
def test_nothing_is_below_a_file(paths: list[str]) -> None:
    assert errno(lambda: boot({path: File() for path in paths})) == "ENOTDIR"
