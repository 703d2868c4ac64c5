"""What a search list costs: ``python tests/reality/measure_lookups.py [ROUNDS]`` (Linux, root, a quiet machine).

Prints JSON: for each lookup the questions that this machine's C library asked, and the milliseconds that it took, with
a name server whose answers need one millisecond. Of the rounds the median, with the least and the most beside it.
"""

import datetime as dt
import json
import os
import platform
import sys

import lookups
import reality_harness

ROUNDS, DELAY_US = 200, 1000


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found = reality_harness.measure("names", lookups.request(DELAY_US, rounds))["lookups"]
    cases = []
    for (name, namespace, ndots), real in zip(lookups.CASES, found, strict=True):
        taken = sorted(real["milliseconds"])
        milliseconds = {"median": taken[len(taken) // 2], "min": taken[0], "max": taken[-1]}
        asked = {"name": name, "namespace": namespace, "ndots": ndots, "questions": real["questions"]}
        cases.append(asked | {"milliseconds": {key: round(value, 2) for key, value in milliseconds.items()}})
    report = {
        "command": f"python tests/reality/measure_lookups.py {rounds}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "library": " ".join(platform.libc_ver()),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": f"{os.cpu_count()} CPUs, load {os.getloadavg()[1]:.1f} at the end",
        "cases": cases,
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
