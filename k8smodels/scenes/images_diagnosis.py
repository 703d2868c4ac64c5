"""The diagnosis of the chapter on images: an image is too large, and one step is the reason."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.images import Image, build, diff, file, file_tree, image_layer, image_usage
from k8smodels.images.layer import Inode
from k8smodels.images.run_effects import RunEffect
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.images import MB, base_image
from k8smodels.views.html import el, inline, join
from k8smodels.views.images import layer_stack

__all__ = ["too_large"]

_BASE = "debian:13-slim"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A way to waste bytes.

    Attributes
    ----------
    lines
        The steps of the Dockerfile.
    runs
        What their commands do.
    repair
        What would help.
    """

    lines: tuple[str, ...]
    runs: dict[str, RunEffect]
    repair: str


def _mistakes(megabytes: int) -> list[Mistake]:
    size = megabytes * MB
    tool = Inode("file", 0o644, size)
    return [
        Mistake(
            ("RUN apt-get update", "RUN apt-get install -y curl", "RUN rm -rf /var/lib/apt/lists"),
            {
                "apt-get update": {"var/lib/apt/lists/main": size},
                "apt-get install -y curl": {"usr/bin/curl": 2 * MB},
                "rm -rf /var/lib/apt/lists": {"var/lib/apt/lists": None},
            },
            _("update, install and delete in one `RUN`"),
        ),
        Mistake(
            ("COPY tool /opt/tool", "RUN adduser shop", "RUN chmod 755 /opt/tool"),
            {
                "adduser shop": {"etc/passwd": file("shop")},
                "chmod 755 /opt/tool": {"opt/tool": Inode("file", 0o755, size)},
            },
            _("copy with the right permissions: `COPY --chmod=755`"),
        ),
        Mistake(
            ("RUN fetch /opt/app.tar", "RUN tar -xf /opt/app.tar -C /opt", "RUN rm /opt/app.tar"),
            {
                "fetch /opt/app.tar": {"opt/app.tar": size},
                "tar -xf /opt/app.tar -C /opt": {"opt/app": 3 * MB},
                "rm /opt/app.tar": {"opt/app.tar": None},
            },
            _("fetch, unpack and delete in one `RUN`"),
        ),
        Mistake(
            ("COPY tool /usr/src/tool", "RUN make -C /usr/src", "RUN mv /usr/src/tool /usr/bin/tool"),
            {
                "make -C /usr/src": {"usr/src/made": 1 * MB},
                "mv /usr/src/tool /usr/bin/tool": {"usr/src/tool": None, "usr/bin/tool": tool},
            },
            _("copy it to where it belongs: `COPY tool /usr/bin/tool`"),
        ),
    ]


def _image(mistake: Mistake, megabytes: int) -> Image:
    base = base_image(_BASE, image_layer(diff({}, file_tree({"usr/lib/libc.so": 20 * MB}))))
    text = "\n".join([f"FROM {_BASE}", *mistake.lines])
    return build(text, file_tree({"tool": megabytes * MB}), runs=mistake.runs, images={_BASE: base}).image


def too_large(seed: int) -> Task:
    """Ask where the wasted bytes of an image are, how many they are, and what to do."""
    dice = dice_of(seed)
    megabytes = dice.choice([8, 12, 17, 24])
    mistakes = _mistakes(megabytes)
    mistake = dice.choice(mistakes)
    image = _image(mistake, megabytes)
    waste = image_usage(image).wasted[0]
    made_by = image.steps_of_layers()
    options = list(made_by)
    repairs = [each.repair for each in mistakes]
    says = _(
        "`{path}` comes with layer {layer} (`{step}`). Layer {gone} (`{by}`) hides it: {how}. {size} MB are wasted."
    ).format(
        path=waste.path,
        layer=waste.layer + 1,
        step=made_by[waste.layer],
        gone=waste.gone_in + 1,
        by=made_by[waste.gone_in],
        how=_how(waste.how),
        size=megabytes,
    )
    return Task(
        join(
            [
                el("p", _("The image is larger than what a container of it can see. These are its layers:")),
                layer_stack(image, "shop/tool"),
            ]
        ),
        [
            Step(
                _("Which step's layer holds the bytes that nobody sees?"),
                made_by[waste.layer],
                options=options,
                wrong={
                    made_by[waste.gone_in]: _(
                        "This step hides the file. The hidden bytes are in the layer that brought it."
                    )
                },
                why=_("Look for a path that occurs in two layers, and take the lower one."),
            ),
            Step(_("How many MB are wasted?"), megabytes, unit="MB", why=_("The size of the file in the lower layer.")),
            Step(
                _("What would help?"),
                mistake.repair,
                options=dice.sample(repairs, len(repairs)),
                why=_("The file must not be in a finished layer before it gets its last form."),
            ),
        ],
        [
            _("Find a path that two layers speak about."),
            _("A minus sign is a whiteout; a path that occurs twice was written anew."),
        ],
        inline(says),
    )


def _how(how: str) -> str:
    return _("it was deleted there") if how == "deleted" else _("it was written anew there")
