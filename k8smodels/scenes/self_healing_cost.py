"""What a lost node costs those who ask, by the number of copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from k8smodels.i18n import _
from k8smodels.scenes.self_healing_loss import answered, loss
from k8smodels.views.figures import steps
from k8smodels.views.frame import Frame
from k8smodels.views.tables import table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COPIES", "STAYS", "cost", "figure", "lost_seconds", "shares"]

COPIES = (1, 2, 3)
STAYS = (300, 30)
_SECONDS = 420


def shares(copies: int, stay: int = 300) -> Sequence[float]:
    """The share of requests that are answered, at each second after one node has lost its power."""
    lost = loss("crash", stay, None, copies, _SECONDS)
    return [answered(lost, at) for at in range(_SECONDS + 1)]


def lost_seconds(copies: int, stay: int = 300) -> float:
    """How many seconds of all requests are lost: a minute at one half counts as 30."""
    return sum(1 - share for share in shares(copies, stay)[:-1])


def figure() -> Figure:
    """Percent of requests answered over seconds, for one, two and three copies."""
    series = {str(copies): [100 * share for share in shares(copies)] for copies in COPIES}
    return steps(series, x="seconds after a machine was lost", y="% of requests answered")


def cost() -> Frame:
    """Lost requests for each number of copies and two tolerations."""
    rows = [
        (copies, *(_("{n} s").format(n=f"{lost_seconds(copies, stay):.0f}") for stay in STAYS)) for copies in COPIES
    ]
    head = [_("copies"), *(_("toleration of {n} s").format(n=stay) for stay in STAYS)]
    return Frame(
        table(head, rows),
        _("A second copy saves far more than a shorter toleration. A toleration matters to those who have **one**."),
    )
