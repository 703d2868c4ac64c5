"""How the kernel says no."""

from __future__ import annotations

from typing import NoReturn


class Refused(ValueError):
    """A system call that fails. The machine stays as it was.

    Attributes
    ----------
    errno
        The kernel's name of the error, e.g. ``EPERM``.
    reason
        Which of the call's rules was not kept.
    """

    def __init__(self, errno: str, reason: str) -> None:
        super().__init__(errno, reason)
        self.errno, self.reason = errno, reason

    def __str__(self) -> str:
        return f"{self.errno}: {self.reason}"


class Panic(ValueError):
    """The first process of the whole machine ended, so the kernel stops.

    References
    ----------
    kernel/exit.c, do_exit (Linux 6.18)
    """

    def __init__(self) -> None:
        super().__init__("Kernel panic - not syncing: Attempted to kill init!")


def refuse(errno: str, reason: str) -> NoReturn:
    """Raise `Refused`."""
    raise Refused(errno, reason)
