"""Out of a chroot, step by step, and the same calls where pivot_root made the root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

from k8smodels.i18n import _
from k8smodels.isolation.machine import Step, after_pivot_root, chroot_escape, descriptor_escape
from k8smodels.isolation.machine.paths import shown_path
from k8smodels.isolation.machine.tree import names_at
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, Html, el, join
from k8smodels.views.isolation import call_text, grid, note, outcome, tree_text

STEPS = 7
"""The moments of every way: outside, the prison, past the root, one up, all the way up, a new root, a look."""


def ways() -> dict[str, str]:
    """The ways that `escape` shows, as a reader calls them."""
    return {
        "chroot": _("chroot"),
        "dropped": _("chroot, then CAP_SYS_CHROOT is given up"),
        "descriptor": _("chroot, with a directory still open"),
        "pivot": _("own mount namespace and pivot_root"),
    }


def escape(way: str, step: int) -> Frame:
    """Step `step` of one way: the calls so far with their answers, and the tree with root and working directory."""
    moments = story(way)
    past = [row for moment in moments[:step] for row in _rows(moment)]
    present = _rows(moments[step])
    rows = [*past, *present, *_later(moments[step + 1 :])]
    table = grid([_("app calls"), _("answer"), "ls /", _("stands in")], rows, range(len(past), len(past + present)))
    now = moments[step][-1]
    caption = note(_("The tree of app's mount namespace, from its top:"))
    where = note(
        _("`(unreachable)`: app stands outside of its root; from the root no path leads there. The kernel says it.")
    )
    word = where if "(unreachable)" in table else None
    return Frame(
        join([table, word, caption, tree_text(now.scene.machine, now.scene.pid("app"))]), _says(way, step, now)
    )


@cache
def story(way: str) -> tuple[tuple[Step, ...], ...]:
    """The steps of one way, a group for each moment."""
    if way == "pivot":
        return _grouped(after_pivot_root(), (1, 6, 2, 1, 7, 1, 1))
    if way == "descriptor":
        return _grouped(descriptor_escape(), (2, 2, 1, 1, 7, 1, 1))
    dropped = way == "dropped"
    return _grouped(chroot_escape(dropped), (1, 3 if dropped else 2, 2, 1, 7, 1, 1))


def _grouped(steps: Sequence[Step], sizes: Sequence[int]) -> tuple[tuple[Step, ...], ...]:
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(tuple(steps[start : start + size]) for start, size in zip(starts, sizes, strict=True))


def _rows(steps: Sequence[Step]) -> list[Sequence[Child]]:
    """One row a call; equal calls that follow each other are one row, with the last answer."""
    rows: list[Sequence[Child]] = []
    for text, group in groupby(steps, key=lambda step: call_text(step.call)):
        *before, last = group
        machine, app = last.scene.machine, last.scene.machine.process(last.scene.pid("app"))
        listing = " ".join(names_at(machine, app.root)) or _("empty")
        cwd = shown_path(machine, app, app.cwd)
        rows.append((_times(text, len(before) + 1), outcome(last), el("code", listing), el("code", cwd)))
    return rows


def _later(moments: Sequence[Sequence[Step]]) -> list[Sequence[Child]]:
    """The calls to come, without their answers."""
    return [(el("span", row[0], class_="muted"), "…", "", "") for moment in moments for row in _rows(moment)]


def _times(text: str, times: int) -> Html:
    call = el("code", text)
    return call if times == 1 else join([call, " ", _("{n} times").format(n=times)])


def _says(way: str, step: int, now: Step) -> str:
    if step == STEPS - 1:
        return (
            _("The file is read: **app is out.**") if now.answer else _("There is no such file: **app is still in.**")
        )
    return {**_common(), **_of_way().get(way, {})}[step]


def _common() -> Mapping[int, str]:
    return {
        0: _("`app` starts like any process: its root is the top of the tree."),
        1: _("Now `/` means /rootfs for app, and `ls /` shows only what is in there."),
        2: _("The root moved down to /esc, the **working directory did not**. It is now outside of the root."),
        3: _("`..` stops at the root only. This directory is not the root, so nothing stops it."),
        4: _("Up to the real top: there `..` leads to itself."),
        5: _("The root is where app stands: the top of the whole tree. `ls /` shows the node."),
    }


def _of_way() -> Mapping[str, Mapping[int, str]]:
    return {
        "dropped": {
            1: _("The prison again, and app gives up the capability to call chroot."),
            2: _("The second chroot is refused: root and working directory stay together."),
            3: _("This directory is the root, so `..` leads to itself."),
            4: _("As often as you like: `..` stays in the root."),
            5: _("Refused again."),
        },
        "descriptor": {
            0: _("Before anything else, app opens `/` and keeps the descriptor 3."),
            2: _("A descriptor means a directory, not a path: no second chroot is needed to stand outside."),
            3: _("app stands at the real top already: `..` leads to itself."),
            4: _("As often as you like: it cannot go higher, and need not."),
        },
        "pivot": {
            1: _("The new root took the old one's **place**, and the old tree is unmounted: now the tree begins here."),
            2: _("The same two calls as before. The working directory is again outside of the root."),
            3: _("`..` is not stopped by app's root. But here it is at the top of the whole tree."),
            4: _("There is nothing above. The old tree is not hidden, it is gone from this namespace."),
            5: _("The root is the top again: of a tree that holds only what was in /rootfs."),
        },
    }
