"""Building an image with a cache: which steps make layers, which are taken from the cache, and why others are not.

A step's key is the digest of all that decides its files: the step above, the instruction, for ``RUN`` the variables,
for ``COPY`` and ``ADD`` the contents of what is copied. Nothing is run: the caller says what each command does to the
files. Left out: ``.dockerignore``, the unpacking of archives by ``ADD``, mounts, caches that are imported.

References
----------
moby/buildkit v0.25.0 frontend/dockerfile/dockerfile2llb/convert.go; docs/dev/solver.md (cache keys)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from k8smodels.api.errors import required
from k8smodels.api.gotext import marshal
from k8smodels.images.apply import apply_layer, apply_layers
from k8smodels.images.build_steps import Build, BuildCache, BuildStep, Cause, Verdict
from k8smodels.images.copying import SourceNotFoundError, copied, inside
from k8smodels.images.diff import diff
from k8smodels.images.digest import digest_of
from k8smodels.images.dockerfile import Dockerfile, DockerfileError, Instruction, Stage, parse_dockerfile
from k8smodels.images.documents import Document
from k8smodels.images.image import HistoryEntry, Image, build_image, image_layer
from k8smodels.images.layer import FileTree, Inode, Layer, file_tree
from k8smodels.images.run_effects import RunEffect, after, overlaid
from k8smodels.images.stage import StageState, configured, declared, expand

MAKES_LAYER = ("RUN", "COPY", "ADD", "WORKDIR")
"""Instructions with a layer of their own; ``WORKDIR`` makes its directory (``/`` excepted)."""


def makes_layer(item: Instruction, workdir: str) -> bool:
    """Whether an instruction has a layer of its own; `workdir` is the working directory after it."""
    return item.name in MAKES_LAYER and not (item.name == "WORKDIR" and workdir == "/")


def lines_with_layers(dockerfile: Dockerfile) -> frozenset[int]:
    """The lines that make a layer, told without building: the working directory of a base image counts as ``/``.

    Raises
    ------
    DockerfileError
        A variable that cannot be replaced.
    """
    lines: set[int] = set()
    for stage in dockerfile.stages:
        state = StageState()
        for item in stage.instructions:
            state = state if item.name in ("RUN", "COPY", "ADD") else configured(state, item, {}, {})
            if makes_layer(item, state.workdir):
                lines.add(item.line)
    return frozenset(lines)


def build(
    dockerfile: str | Dockerfile,
    context: FileTree,
    *,
    runs: Mapping[str, RunEffect],
    images: Mapping[str, Image] | None = None,
    build_args: Mapping[str, str] | None = None,
    cache: BuildCache | None = None,
) -> Build:
    """Build the last stage.

    Parameters
    ----------
    dockerfile
        The text or what was read of it.
    context
        The files that ``COPY`` finds.
    runs
        What each command of a ``RUN`` does, by its text as written behind ``RUN``.
    images
        Base images by the name that ``FROM`` says; ``scratch`` is always there.
    build_args
        ``--build-arg``.
    cache
        The cache of the build before.

    Raises
    ------
    DockerfileError
        A line that cannot be built.
    FieldError
        `runs` has no entry for a command.
    """
    parsed = parse_dockerfile(dockerfile) if isinstance(dockerfile, str) else dockerfile
    work = _Builder(parsed, context, runs, images or {}, build_args or {}, cache or BuildCache())
    needed = work.needed()
    for number, stage in enumerate(parsed.stages):
        if number in needed:
            work.build_stage(number, stage)
    final = work.states[len(parsed.stages) - 1]
    image = build_image(final.layers, config=final.image_config(), history=final.history)
    skipped = tuple(stage.name for number, stage in enumerate(parsed.stages) if number not in needed)
    return Build(image, tuple(work.steps), skipped, BuildCache(work.layers, work.now))


class _Builder:
    """A build at work."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        context: FileTree,
        runs: Mapping[str, RunEffect],
        images: Mapping[str, Image],
        build_args: Mapping[str, str],
        cache: BuildCache,
    ) -> None:
        self.dockerfile, self.context, self.runs, self.images = dockerfile, context, runs, images
        self.build_args, self.cache = build_args, cache
        self.layers = dict(cache.layers)
        self.now: dict[tuple[str, int], Mapping[str, Any]] = {}
        self.steps: list[BuildStep] = []
        self.states: dict[int, StageState] = {}
        self.global_args: dict[str, str] = {}
        for item in dockerfile.arguments:
            words = [expand(word, self.global_args, item.line) for word in item.arguments]
            self.global_args |= declared(words, build_args, {})

    def needed(self) -> set[int]:
        """The last stage and all that it is made of."""
        needed: set[int] = set()
        waiting = [len(self.dockerfile.stages) - 1]
        while waiting:
            number = waiting.pop()
            if number not in needed:
                needed.add(number)
                waiting.extend(self._stages_used(number))
        return needed

    def build_stage(self, number: int, stage: Stage) -> None:
        """Build one stage."""
        state = self._base(number, stage)
        for item in stage.instructions:
            state = self._step(number, stage, item, state)
        self.states[number] = state

    def _stages_used(self, number: int) -> Iterator[int]:
        stage = self.dockerfile.stages[number]
        names = [expand(stage.base, self.global_args, stage.start.line)]
        names += [item.source_stage for item in stage.instructions if item.source_stage]
        yield from (found for name in names if (found := self._stage_number(name, number)) is not None)

    def _stage_number(self, name: str, before: int) -> int | None:
        """The stage of that name that stands before; the last one if there are several."""
        found = [i for i in range(before) if name.lower() in (self.dockerfile.stages[i].name, str(i))]
        return found[-1] if found else None

    def _base(self, number: int, stage: Stage) -> StageState:
        line, name = stage.start.line, expand(stage.base, self.global_args, stage.start.line)
        if not name:
            raise DockerfileError(line, f"base name ({stage.base[:200]}) should not be blank")
        other = self._stage_number(name, number)
        if other is not None:
            return replace(self.states[other], arguments={}, command_set=False)
        if name == "scratch":
            return StageState()
        return _state_of(self._image(name, line))

    def _image(self, name: str, line: int) -> Image:
        if name not in self.images:
            raise DockerfileError(line, f"{name[:200]}: failed to resolve source metadata: not found")
        return self.images[name]

    def _step(self, number: int, stage: Stage, item: Instruction, state: StageState) -> StageState:
        if item.name not in ("RUN", "COPY", "ADD"):
            state = configured(state, item, self.build_args, self.global_args)
        if not makes_layer(item, state.workdir):
            self.steps.append(BuildStep(stage.name, item, "configuration"))
            return state
        inputs, files = self._inputs(number, item, state)
        key = digest_of(marshal(inputs).encode("utf-8", "surrogateescape"))
        hit = key in self.layers
        if not hit:
            self.layers[key] = self._make(item, state, files)
        layer = image_layer(self.layers[key])
        place = (stage.name, sum(name == stage.name for name, _ in self.now))
        cause, changed = (None, ()) if hit else self._cause(place, inputs)
        verdict: Verdict = "CACHED" if hit else "run"
        self.now[place] = inputs
        self.steps.append(BuildStep(stage.name, item, verdict, key, cause, changed, layer.files_bytes))
        history = state.history[:-1] if item.name == "WORKDIR" else state.history
        tree = apply_layer(state.tree, layer.entries)
        made = HistoryEntry(str(item))
        return replace(state, tree=tree, key=key, layers=(*state.layers, layer), history=(*history, made))

    def _inputs(self, number: int, item: Instruction, state: StageState) -> tuple[dict[str, Any], FileTree]:
        """What decides the step's files, and the files that it copies."""
        inputs: dict[str, Any] = {"above": state.key}
        if item.name == "RUN":
            inputs |= {"user": state.config.get("User", ""), "working directory": state.workdir}
            return inputs | {"instruction": str(item), "variables": state.variables}, {}
        if item.name == "WORKDIR":
            return inputs | {"instruction": f"WORKDIR {state.workdir}"}, {inside(state.workdir): Inode("dir", 0o755)}
        words = [expand(word, state.variables, item.line) for word in item.arguments]
        source = self._copy_source(number, item)
        try:
            files = copied(words[:-1], words[-1], source, state.tree, state.workdir)
        except SourceNotFoundError as error:
            raise DockerfileError(item.line, f"failed to calculate checksum: {error}") from None
        fingerprints = {path: _fingerprint(inode) for path, inode in files.items()}
        return inputs | {"instruction": f"{item.name} {' '.join(words)}", "files": fingerprints}, files

    def _copy_source(self, number: int, item: Instruction) -> FileTree:
        if not item.source_stage:
            return self.context
        other = self._stage_number(item.source_stage, number)
        if other is not None:
            return self.states[other].tree
        return apply_layers(layer.entries for layer in self._image(item.source_stage, item.line).layers).tree

    def _make(self, item: Instruction, state: StageState, files: FileTree) -> Layer:
        if item.name == "RUN":
            command = item.text
            if command not in self.runs:
                raise required(f"runs[{command[:200]}]", "say what the command does to the files")
            return diff(state.tree, after(state.tree, self.runs[command]))
        return diff(state.tree, overlaid(state.tree, file_tree(files)))

    def _cause(self, place: tuple[str, int], inputs: Mapping[str, Any]) -> tuple[Cause, tuple[str, ...]]:
        """What differs from the build before, the uppermost reason first."""
        before = self.cache.last.get(place)
        if before is None:
            return "first build", ()
        if before["above"] != inputs["above"]:
            return "step above", ()
        causes: tuple[Cause, ...] = ("instruction", "user", "working directory", "variables", "files")
        for cause in causes:
            old, new = before.get(cause), inputs.get(cause)
            if old != new:
                return cause, _changed_names(old or {}, new or {}) if cause in ("variables", "files") else ()
        return "not in the cache", ()


def _changed_names(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def _state_of(image: Image) -> StageState:
    """A stage that begins with a base image; its variables and working directory are inherited."""
    tree = apply_layers(layer.entries for layer in image.layers).tree
    history = image.history or tuple(HistoryEntry("") for _ in image.layers)
    variables = Document.parse(image.config, "config").object("config").texts("Env")
    environment = dict(pair.partition("=")[::2] for pair in variables)
    config = {key: value for key, value in image.run_config.items() if key != "Env"}
    return StageState(tree, image.id, image.layers, history, environment, config=config)


def _fingerprint(inode: Inode) -> str:
    content = inode.digest or (digest_of(inode.content) if inode.content is not None else f"{inode.size_bytes} bytes")
    return f"{inode.type} {inode.mode:o} {inode.target or content}"
