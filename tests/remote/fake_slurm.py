"""Stand-ins for SLURM's programs: they read one file, print as the real ones do, count each call.

How the real ones print is recorded in `slurm/`; `test_slurm.py` holds both to the same reading.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PROGRAMS = ("squeue", "scontrol", "sacct", "sbatch", "scancel", "sinfo")
_BODY = """#!{python} -IS
import json, os, re, sys, time
name, state_path = {name!r}, {state!r}
args = sys.argv[1:]
with open(state_path + ".calls", "a") as file:
    env = {{k: v for k, v in os.environ.items() if k.startswith(("S", "LC"))}}
    file.write(json.dumps([name, args, env]) + "\\n")
state = json.load(open(state_path))
time.sleep(state.get("slow_s", 0))
if state.get("down") and name != "sacct":
    sys.exit(name + ": error: Unable to contact slurm controller (connect failure)")
def out(text):
    if state.get("half"):
        text = text[: len(text) // 2]
    sys.stdout.write(text)
def option(sign):
    return args[args.index(sign) + 1]
jobs = state["jobs"]
if name == "squeue":
    form, text = option("-o"), ""
    for job in jobs:
        if not job.get("purged"):
            text += re.sub("%(.)", lambda m: str(job.get(m[1], "N/A")), form) + "\\n"
    out(text)
elif name == "scontrol":
    row = [j for j in jobs if args[-1] in (j["i"], j["A"]) and not j.get("purged")]
    if not row:
        sys.exit("slurm_load_jobs error: Invalid job id specified")
    for j in row:
        of_job = dict(JobId=j["A"], JobName=j["j"], UserId="ada(1000)", JobState=j["T"],
                      Restarts=0, ExitCode="0:0", BatchHost="n1", WorkDir=j["Z"])
        of_job.update(j.get("facts", dict()))
        out(" ".join(f"{{k}}={{v}}" for k, v in of_job.items()) + "\\n")
elif name == "sacct":
    if not state.get("accounting", True):
        sys.stderr.write("Slurm accounting storage is disabled\\n")
        sys.exit(1)
    columns, text = option("-o").split(","), ""
    for row in state.get("accounts", []):
        if row["JobID"] in option("-j").split(",") or row["JobIDRaw"] in option("-j").split(","):
            text += "\\x1f".join(str(row.get(c, "")) for c in columns) + "\\n"
    out(text)
elif name == "sbatch":
    with open(state_path + ".script", "w") as file:
        file.write(sys.stdin.read())
    print(state.get("new_id", 4711))
elif name == "scancel":
    for job in jobs:
        if args[-1] in (job["i"], job["A"]):
            job["T"] = "CANCELLED"
    json.dump(state, open(state_path, "w"))
elif name == "sinfo":
    out("".join(f"{{n}} drained\\n" for n in state.get("drained", [])))
"""


def tools_beside_slurm(folder: Path) -> Path:
    """A folder for PATH with what this machine has, but no SLURM of its own."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    for place in (Path("/usr/bin"), Path("/bin")):
        for tool in place.iterdir():
            link = tools / tool.name
            if tool.name not in PROGRAMS and not link.is_symlink():
                link.symlink_to(tool)
    return tools


class FakeSlurm:
    """One controller with its programs in a folder for PATH."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "slurm-bin"
        self.bin.mkdir(parents=True)
        self._state = folder / "slurm.json"
        self._data: dict[str, Any] = {"jobs": []}
        for name in PROGRAMS:
            path = self.bin / name
            path.write_text(_BODY.format(python=sys.executable, name=name, state=str(self._state)))
            path.chmod(0o755)
        self.set()

    def set(self, **data: Any) -> None:
        """Change how it stands."""
        self._data |= data
        beside = self._state.with_suffix(".new")
        beside.write_text(json.dumps(self._data))
        beside.replace(self._state)

    def job(self, id: str, state: str, folder: Path, **more: Any) -> dict[str, Any]:
        """A job as squeue knows it, with what scontrol would say of it under `facts`."""
        log = folder / f"slurm-{id}.out"
        facts = {"StdOut": log, "StdErr": log, **more.pop("facts", {})}
        row = {
            "A": id, "i": id, "F": id, "T": state, "r": "None", "P": "main", "u": "ada",
            "V": 1_700_000_000, "S": 1_700_000_100, "e": "N/A", "l": "1-00:00:00", "D": 1,
            "N": "n1", "b": "gres:gpu:2", "Z": folder, "j": f"job-{id}", **more,
        }  # fmt: skip
        made = {key: str(value) for key, value in row.items()}
        return {**made, "facts": {key: str(value) for key, value in facts.items()}}

    def calls(self, name: str = "") -> list[list[str]]:
        """The arguments of every call of a program so far."""
        return [row[1] for row in self._calls() if name in ("", row[0])]

    def environments(self) -> list[dict[str, str]]:
        """The variables that each call had, of those that SLURM reads."""
        return [row[2] for row in self._calls()]

    @property
    def script(self) -> str:
        """What was handed in last."""
        return Path(f"{self._state}.script").read_text()

    def _calls(self) -> list[Any]:
        path = Path(f"{self._state}.calls")
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
