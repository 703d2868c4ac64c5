"""Machines that some calls, done and refused, have led to."""

from hypothesis import strategies as st

from k8smodels.isolation.machine import KINDS, Call

NAMES = ("init", "a", "b", "c", "d")
PATHS = ("/", ".", "..", "/rootfs", "rootfs/app", "/data/", "/proc", "new", "", "/data/../secret")
SIGNALS = ("SIGTERM", "SIGKILL", "SIGSTOP", "SIGCONT", "SIGCHLD", "SIGUSR1", "SIGNONE")

_name = st.sampled_from(NAMES)
_path = st.sampled_from(PATHS)
_kinds = st.lists(st.sampled_from(KINDS), max_size=3, unique=True)


def _call(name: str, *args: st.SearchStrategy[object]) -> st.SearchStrategy[Call]:
    return st.builds(lambda process, given: Call(process, name, given), _name, st.tuples(*args))


def _kinds_call(name: str, *first: st.SearchStrategy[object]) -> st.SearchStrategy[Call]:
    made = st.tuples(st.tuples(*first), _kinds)
    return st.builds(lambda process, given: Call(process, name, (*given[0], *given[1])), _name, made)


_child_exits = st.builds(
    lambda process, code: Call(process, "exit", (code,)), st.sampled_from(NAMES[1:]), st.integers(0, 300)
)
calls = st.lists(
    st.one_of(
        _kinds_call("fork", st.sampled_from(NAMES[1:])),
        _kinds_call("fork", st.sampled_from(NAMES[1:])),
        _kinds_call("unshare"),
        _call("setns", _name, st.sampled_from(KINDS)),
        _call("kill", _name, st.sampled_from(SIGNALS)),
        _child_exits,
        _call("wait"),
        _call("set_child_subreaper"),
        _call("setuid", st.sampled_from([0, 1000, 70_000])),
        _call("write_uid_map", _name, st.integers(-1, 2), st.sampled_from([0, 1000]), st.integers(0, 2)),
        _call("mkdir", _path),
        _call("write", _path, st.just("text")),
        _call("symlink", _path, _path),
        _call("chdir", _path),
        _call("chroot", _path),
        _call("mount", st.sampled_from(["tmpfs", "proc", "ext4"]), _path),
        _call("bind", _path, _path, st.booleans()),
        _call("umount", _path, st.booleans()),
        _call("pivot_root", _path, _path),
        _call("open_directory", _path),
        _call("fchdir", st.integers(2, 5)),
        _call("listen", st.sampled_from([0, 80, 8080]), st.sampled_from(["0.0.0.0", "127.0.0.1", "192.0.2.10"])),
        _call("sethostname", st.sampled_from(["web", "x" * 65])),
        _call("nonsense"),
    ),
    max_size=25,
)
