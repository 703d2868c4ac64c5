"""Commands for a terminal. Bad input ends with one clear error on standard error and exit code 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from k8smodels.commands import headroom, image, pending, proxy, route, schedule, trace

__all__ = ["main"]

BAD_INPUT = 2
"""Exit code when the input was refused."""


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The words after ``python -m k8smodels``.

    Returns
    -------
    int
        The exit code; each command says what its codes mean.
    """
    parser = argparse.ArgumentParser(prog="python -m k8smodels", description="Models of Kubernetes on your own files.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (schedule, pending, headroom, image, proxy, trace, route):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        # The reader of our output (`head`, say) has left; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
