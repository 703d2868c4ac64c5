"""Scripts: one call after another, each with what came out."""

import pytest

from k8smodels.isolation.machine import Call, Panic, boot, run


def test_a_script_goes_on_after_a_refusal() -> None:
    steps = run(
        boot(), [Call("init", "fork", ("app",)), Call("app", "chdir", ("/none",)), Call("app", "chdir", ("/proc",))]
    )
    assert [step.refused.errno if step.refused else None for step in steps] == [None, "ENOENT", None]
    assert [step.cwd for step in steps] == ["/", "/", "/proc"]
    assert str(steps[1].call) == "app: chdir('/none')"
    assert str(steps[1].refused) == "ENOENT: none does not exist"


@pytest.mark.parametrize(
    ("call", "errno"),
    [
        (Call("nobody", "wait"), "ESRCH"),
        (Call("init", "nonsense"), "ENOSYS"),
        (Call("init", "setns", ("nobody", "net")), "ENOENT"),
        (Call("init", "setns", ("init", "disk")), "EINVAL"),
        (Call("init", "kill", ("nobody", "SIGTERM")), "ESRCH"),
    ],
)
def test_what_a_script_cannot_name_is_refused(call: Call, errno: str) -> None:
    refused = run(boot(), [call])[0].refused
    assert refused is not None
    assert refused.errno == errno


def test_an_ended_process_sees_nothing() -> None:
    steps = run(boot(), [Call("init", "fork", ("app",)), Call("app", "exit"), Call("app", "wait")])
    assert [(step.listing, step.cwd) for step in steps[1:]] == [((), ""), ((), "")]
    assert steps[2].refused is not None


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("chdir", ()),
        ("chdir", (5,)),
        ("chdir", (None,)),
        ("chdir", ("/", "/")),
        ("listen", ("80",)),
        ("listen", (True,)),
        ("unshare", (1,)),
        ("sigaction", ("SIGTERM", "later")),
        ("drop_capabilities", ("CAP_FLY",)),
        ("mount", ("tmpfs", "/", "yes")),
        ("kill", ("init", 15)),
    ],
)
def test_wrong_arguments_are_refused_by_name(name: str, args: tuple[str | int | None, ...]) -> None:
    refused = run(boot(), [Call("init", name, args)])[0].refused
    assert refused is not None
    assert refused.errno == "EINVAL"


def test_a_script_ends_with_its_machine() -> None:
    with pytest.raises(Panic):
        run(boot(), [Call("init", "exit", (1,))])
