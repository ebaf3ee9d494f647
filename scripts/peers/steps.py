"""Runs named steps and says which of them failed."""
import json
import sys

failed = []


def step(name, run, check=lambda result: True):
    """Runs one step: it may not raise, and `check` must hold for its result."""
    try:
        result = run()
        is_good = bool(check(result))
    except Exception as error:  # noqa: BLE001
        result, is_good = f"{type(error).__name__}: {error}", False
    text = result if isinstance(result, str) else json.dumps(result, default=str)
    print("ok  " if is_good else "FAIL", name, text[:140])
    if not is_good:
        failed.append(name)
    return result


def finish():
    """Ends the process: 1 when a step failed."""
    print(f"{len(failed)} failed" + (": " + ", ".join(failed) if failed else ""))
    sys.exit(1 if failed else 0)
