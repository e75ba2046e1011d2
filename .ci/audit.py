"""Asks whether holes are known in the locked packages: `audit.py FILE...`, run with a Python that has pip-audit.

Exit status 1 if one is known, or a package is unknown to PyPI (withdrawn, or never there). If nobody can be asked (no
network, no answer in time, a mirror without this service) it is said, and the status is 0: that is no finding.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SECONDS = 180.0


def report(file: str, seconds: float) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package of a file; None if it could not find out."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--require-hashes", "--disable-pip"]
        try:
            done = subprocess.run(  # noqa: S603 (pip-audit of our own environment)
                [*command, "--format", "json", "--output", str(out), "--requirement", file],
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
            found: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))["dependencies"]
        except subprocess.TimeoutExpired:
            print(f"{file}: NOT AUDITED, there was no answer within {seconds:g} s")
        except (OSError, ValueError, KeyError):
            print(f"{file}: NOT AUDITED: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        else:
            return found
    return None


def audit(file: str, seconds: float) -> int:
    """How many packages of a file there is something to say of."""
    found = report(file, seconds)
    if found is None:
        return 0
    unknown = [each for each in found if "skip_reason" in each]
    if len(unknown) == len(found):
        print(f"{file}: NOT AUDITED, the package index here does not know of any package's holes")
        return 0
    holes = [(each, hole) for each in found for hole in each.get("vulns", ())]
    for each, hole in holes:
        fixed = ", ".join(hole.get("fix_versions", ())) or "none yet"
        print(f"{file}: {each['name']} {each['version']}: {hole['id']} (fixed in: {fixed})")
    for each in unknown:
        print(f"{file}: {each['name']}: {each['skip_reason']}")
    if not holes and not unknown:
        print(f"{file}: no hole is known in {len(found)} packages")
    return len(holes) + len(unknown)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    return 1 if sum(audit(file, options.seconds) for file in options.files) else 0


if __name__ == "__main__":
    sys.exit(main())
