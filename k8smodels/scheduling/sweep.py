"""The same computation for many settings, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from k8smodels.progress import Advance, bar

S = TypeVar("S")
R = TypeVar("R")


class Future(Protocol):
    """A result that comes later."""

    def result(self) -> Any:
        """Wait for it; an error of the computation is raised here."""

    def cancel(self) -> Any:
        """Do without it."""


class Client(Protocol):
    """Whatever computes elsewhere: a `dask.distributed.Client`, or an executor of `concurrent.futures`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Any:
        """Start to compute ``function(*args)``; returns a `Future`."""


class SweepError(RuntimeError):
    """The computation failed for one setting; its own error is the cause.

    Attributes
    ----------
    setting
        The setting.
    """

    def __init__(self, setting: object, error: Exception) -> None:
        super().__init__(f"{setting!r}: {type(error).__name__}: {error}")
        self.setting = setting


def sweep(
    function: Callable[[S], R],
    settings: Iterable[S],
    *,
    client: Client | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> list[R]:
    """`function` of each of `settings`, in their order, whoever computes it.

    Parameters
    ----------
    function
        A function of a module (it has to be found by name in another process), which depends on its setting alone.
        Chance belongs into the setting, as a seed.
    settings
        One argument each.
    client
        Who computes; without one, processes of this machine. It is not closed.
    workers
        How many processes; by default one for each core. With 1, everything is computed here, one after another.
    progress
        Whether to show a bar, if tqdm is installed.

    Raises
    ------
    SweepError
        The first setting, in order, for which `function` raised an error; what had not begun by then is cancelled.
    ValueError
        `workers` is less than 1.

    Examples
    --------
    >>> sweep(abs, [-3, 2, -1], workers=1, progress=False)
    [3, 2, 1]
    """
    todo = list(settings)
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    with bar(len(todo), shown=progress) as advance:
        if client is not None:
            return _collect(client, function, todo, advance)
        if workers == 1:
            return [_done(partial(function, setting), setting, advance) for setting in todo]
        from concurrent.futures import ProcessPoolExecutor  # not to be had in a browser

        with ProcessPoolExecutor(workers) as pool:
            return _collect(pool, function, todo, advance)


def _collect(client: Client, function: Callable[[S], R], settings: Sequence[S], advance: Advance) -> list[R]:
    futures: list[Future] = [client.submit(function, setting) for setting in settings]
    try:
        return [_done(future.result, setting, advance) for future, setting in zip(futures, settings, strict=True)]
    except SweepError:
        for future in futures:
            future.cancel()
        raise


def _done(result: Callable[[], R], setting: object, advance: Advance) -> R:
    try:
        found = result()
    except Exception as error:
        raise SweepError(setting, error) from error
    advance(1)
    return found
