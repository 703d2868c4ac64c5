"""Writes what this machine's overlayfs does, for the book: ``python tests/reality/record_layers.py`` (Linux, root)."""

import datetime as dt
import json
import os
import platform
from pathlib import Path

import reality_harness
from test_reality_layers import image_by_chance, predicted_for, request

TARGET = Path(__file__).parents[2] / "book" / "files" / "measured-images.json"
SEEDS = range(1000, 1300)


def main() -> None:
    images = {str(seed): image_by_chance(seed) for seed in SEEDS}
    asked = request(images)
    measured = reality_harness.measure("layers", asked)
    predicted = {name: predicted_for(*image) for name, image in images.items()}
    most = asked["most"]
    record = {
        "about": "What a real overlayfs does with layers and calls by chance, and where the model differs.",
        "command": "python tests/reality/record_layers.py",
        "kernel": platform.release(),
        "machine": f"{os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "agreement": {
            "images": len(images),
            "calls": sum(len(calls) for _mount, calls in images.values()),
            "differences": [name for name in images if measured["images"][name] != predicted[name]],
        },
        "copy_up": {"file_bytes": asked["copy_up_bytes"], **measured["copy_up"]},
        "lower_layers_mounted": dict(zip((str(most), str(most + 1)), measured["mountable"], strict=True)),
    }
    TARGET.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
