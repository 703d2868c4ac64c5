"""Scripts about the ends of processes: each is run by the model and by the kernel."""

from collections.abc import Mapping

from script_prediction import Script

_NUMBER_ONE = ("init", "fork", "one", "pid")

PROCESSES: Mapping[str, Script] = {
    "number 1 without a handler": Script(
        (
            _NUMBER_ONE,
            ("one", "fork", "two"),
            ("init", "kill", "one", "SIGTERM"),
            ("two", "kill", "one", "SIGTERM"),
            ("two", "kill", "one", "SIGKILL"),
            ("one", "kill", "one", "SIGKILL"),
            ("two", "kill", "one", "SIGSTOP"),
            ("init", "kill", "one", "SIGSTOP"),
            ("two", "kill", "one", "SIGCONT"),
            ("init", "kill", "one", "SIGKILL"),
            ("init", "wait"),
        )
    ),
    "number 1 with a handler": Script(
        (_NUMBER_ONE, ("one", "sigaction", "SIGTERM", 3), ("init", "kill", "one", "SIGTERM"), ("init", "wait"))
    ),
    "number 1 takes all with it": Script(
        (
            ("init", "fork", "outer"),
            ("outer", "unshare", "pid"),
            *[("outer", "fork", name) for name in ("one", "two", "three")],
            ("two", "fork", "four", "pid"),
            ("one", "exit", 5),
            ("outer", "fork", "five"),
            *[("outer", "wait")] * 4,
        )
    ),
    "who gets the orphans": Script(
        (
            _NUMBER_ONE,
            ("one", "fork", "two"),
            ("two", "fork", "three"),
            ("three", "fork", "four"),
            ("four", "fork", "five"),
            ("two", "set_child_subreaper"),
            ("three", "exit", 0),
            ("two", "exit", 0),
            ("four", "exit", 0),
        )
    ),
    "zombies until somebody waits": Script(
        (
            _NUMBER_ONE,
            ("one", "fork", "two"),
            ("two", "fork", "three"),
            ("two", "exit", 300),
            ("three", "exit", 1),
            ("one", "kill", "three", "SIGKILL"),
            ("one", "wait"),
            ("one", "wait"),
            ("one", "wait"),
            ("one", "sigaction", "SIGCHLD", "ignore"),
            ("one", "fork", "four"),
            ("four", "exit", 0),
        )
    ),
    "exit codes": Script(
        (
            *[
                call
                for name, signal in (("k", "SIGKILL"), ("t", "SIGTERM"), ("s", "SIGSEGV"))
                for call in (("init", "fork", name), ("init", "kill", name, signal), ("init", "wait"))
            ],
        )
    ),
    "a shim outlives its daemon": Script(
        (
            ("init", "fork", "daemon"),
            ("daemon", "fork", "shim"),
            ("shim", "set_child_subreaper"),
            ("shim", "fork", "runc"),
            ("runc", "fork", "container", "pid", "mnt"),
            ("runc", "exit", 0),
            ("shim", "wait"),
            ("init", "kill", "daemon", "SIGKILL"),
            ("container", "exit", 9),
            ("shim", "wait"),
            ("init", "wait"),
        )
    ),
    "a stopped process": Script(
        (
            ("init", "fork", "app"),
            ("init", "kill", "app", "SIGSTOP"),
            ("init", "kill", "app", "SIGTERM"),
            ("app", "fork", "never"),
            ("init", "kill", "app", "SIGCONT"),
            ("init", "wait"),
        )
    ),
    "who may signal whom": Script(
        (
            ("init", "fork", "a"),
            ("init", "fork", "b"),
            ("a", "kill", "b", None),
            ("a", "setuid", 1000),
            ("a", "kill", "b", None),
            ("b", "setuid", 1000),
            ("a", "kill", "b", None),
            ("a", "kill", "init", None),
            ("a", "kill", "b", "SIGUSR1"),
        )
    ),
}
