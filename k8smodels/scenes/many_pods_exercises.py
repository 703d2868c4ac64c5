"""Exercises of the chapter on many pods: seeded cases whose answers the models compute."""

from __future__ import annotations

from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scheduling import Cluster, schedule
from k8smodels.scheduling.headroom import headroom
from k8smodels.scheduling.queue import QueuedPod, SchedulingQueue, backoff_seconds
from k8smodels.views.amounts import resource_amount
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.tables import table

__all__ = ["count_the_room", "name_the_victim", "wait_for_the_backoff", "who_is_next"]


def who_is_next(seed: int) -> Task:
    """Ask which waiting pod is taken first and which second."""
    dice = dice_of(seed)
    names = ["web", "batch", "db", "report"]
    came = dice.sample(range(1, 30), 4)
    priorities = [dice.choice([0, 0, 100, 1000]) for _name in names]
    queue = SchedulingQueue()
    for name, second, priority in sorted(zip(names, came, priorities, strict=True), key=lambda row: row[1]):
        queue = queue.add(pod(name, priority=priority), float(second))
    first, rest = queue.pop()
    second_pod, _rest = rest.pop()
    order = [
        _("{pod}: priority {priority}, second {second}").format(
            pod=q.pod.name, priority=q.priority, second=int(q.timestamp)
        )
        for q in queue.active
    ]
    why = _("The highest priority goes first; of equals, the one that came first.")
    return Task(
        table([_("Pod"), _("came at second"), _("priority")], list(zip(names, came, priorities, strict=True))),
        [
            Step(_("Which one is tried first?"), first.pod.name, options=names, why=why),
            Step(_("Which one is tried second?"), second_pod.pod.name, options=names, why=why),
        ],
        [_("Look at the priority before the time."), why],
        el("ol", join(el("li", line) for line in order)),
    )


def wait_for_the_backoff(seed: int) -> Task:
    """Ask how long a pod that failed waits."""
    dice = dice_of(seed)
    failures, failed_at = dice.randrange(2, 7), dice.randrange(100, 200)
    queued = QueuedPod(
        pod("web"), float(failed_at), unschedulable_count=failures, rejected_by=frozenset({"NodeResourcesFit"})
    )
    until = SchedulingQueue().backoff_until(queued)
    seconds = backoff_seconds(failures)
    return Task(
        inline(
            _(
                "`web` has failed {n} times, the last time at second {at}. "
                "A node is added one second later; other Pods wait as well."
            ).format(n=failures, at=failed_at)
        ),
        [
            Step(
                _("Length of the back-off, in seconds"),
                seconds,
                why=_("1 after the first failure, doubled with each further one, at most 10."),
            ),
            Step(
                _("A back-off ends with a whole second. Which is the last one in which `web` waits?"),
                until or failed_at,
                why=_("The time of the failure plus the back-off."),
            ),
        ],
        [_("The event does not shorten the back-off; it decides where the Pod waits."), _("1, 2, 4, 8, then 10.")],
        inline(_("{at} + {seconds} = {until}.").format(at=failed_at, seconds=seconds, until=until)),
    )


def name_the_victim(seed: int) -> Task:
    """Ask who is evicted on which node."""
    dice = dice_of(seed)
    nodes = [node(f"node-{i}", cpu="4") for i in (1, 2, 3)]
    pods, rows = [], []
    priorities = dice.sample(range(1, 9), 6)
    for i, item in enumerate(nodes):
        for j, cpu in enumerate(dice.choice([(1, 3), (2, 2), (2, 2)])):
            priority = priorities[2 * i + j] * 10
            name = f"pod-{i + 1}{'ab'[j]}"
            pods.append(pod(name, requests={"cpu": str(cpu)}, node_name=item.name, priority=priority))
            rows.append([name, item.name, cpu, priority])
    decision = schedule(pod("urgent", requests={"cpu": "2"}, priority=1000), Cluster.of([*nodes, *pods]))
    made = decision.preemption
    candidates = {item.node: item.victims for item in made.candidates} if made else {}
    victims = [name for names in candidates.values() for name in names]
    priority_of = {item.name: item.spec.priority for item in pods}
    lines = [
        _("{node}: {victim} would go, priority {priority}").format(
            node=name, victim=found[0], priority=priority_of[found[0]]
        )
        for name, found in candidates.items()
    ]
    lines.append(_("{node} is nominated: its victim has the lowest priority").format(node=made.node if made else ""))
    stays = _("{pod} may stay: once the other one is gone, urgent fits beside it.")
    goes = _("{pod} must go: urgent does not fit beside it, or the other one is put back first.")
    wrong = {item.name: (goes if item.name in victims else stays).format(pod=item.name) for item in pods}
    return Task(
        join(
            [
                el("p", inline(_("Three full nodes of 4 cpu. `urgent` asks for 2 cpu and has priority 1000."))),
                table([_("Pod"), _("node"), _("cpu"), _("priority")], rows),
            ]
        ),
        [
            Step(
                _("Who would be the victim on each node?"),
                frozenset(victims),
                options=[item.name for item in pods],
                wrong=wrong,
                why=_("Take both away; put the more important one back first if `urgent` still fits."),
            ),
            Step(
                _("Which node is nominated?"),
                (made.node if made else None) or "",
                options=[item.name for item in nodes],
                why=_("The node whose victim has the lowest priority."),
            ),
        ],
        [
            _(
                "On a node with two Pods of 2 cpu the more important one is put back. A Pod of 3 cpu "
                "never fits beside `urgent`."
            ),
            _("Compare the victims' priorities, not the nodes' sums."),
        ],
        bullets(lines),
    )


def count_the_room(seed: int) -> Task:
    """Ask how many more pods fit, by pieces."""
    dice = dice_of(seed)
    free = [dice.choice([500, 1000, 1500, 2500, 3500]) for _i in range(4)]
    asked = dice.choice([1000, 1500, 2000])
    nodes = [node(f"node-{i}", cpu="4") for i in range(1, 5)]
    pods = [
        pod(f"old-{i}", requests={"cpu": f"{4000 - piece}m"}, node_name=f"node-{i}") for i, piece in enumerate(free, 1)
    ]
    room = headroom(pod("web", requests={"cpu": f"{asked}m"}), Cluster.of([*nodes, *pods]))
    cpu = resource_amount("cpu", asked)
    rows = [[item.name, resource_amount("cpu", piece)] for item, piece in zip(nodes, free, strict=True)]
    naive = sum(free) // asked
    wrong = (
        {}
        if naive == room.count
        else {str(naive): _("That divides the sum of what is free. A Pod needs its CPUs on one node.")}
    )
    lines = [f"{name}: {amount} / {cpu} → {room.by_node.get(name, 0)}" for name, amount in rows]
    return Task(
        table([_("node"), _("free cpu")], rows),
        [
            Step(
                _("How many more Pods of {cpu} cpu fit?").format(cpu=cpu),
                room.count,
                wrong=wrong,
                why=_("Count node by node."),
            )
        ],
        [_("Each node's free piece counts alone."), _("Divide each piece by the request, and drop the remainder.")],
        bullets(lines),
    )
