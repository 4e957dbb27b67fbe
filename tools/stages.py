"""Run make targets one after another, stop at the first that fails, and show what each took.

python tools/stages.py make lint types unit repo integration
"""

import subprocess
import sys
import time


def run(make: str, stages: list[str]) -> int:
    """The exit code of the first stage that fails, or 0."""
    report = [f"{'stage':<14}{'seconds':>8}  result"]
    code = 0
    for stage in stages:
        if code:
            report.append(f"{stage:<14}{'-':>8}  not run")
            continue
        print(f"\n== {stage}", flush=True)
        started = time.monotonic()
        code = subprocess.run([make, "--no-print-directory", stage], check=False).returncode
        result = "FAILED" if code else "passed"
        report.append(f"{stage:<14}{time.monotonic() - started:>8.1f}  {result}")
    print("\n" + "\n".join(report))
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
