"""The same settings through the modules of amazon.aws and through our playbook: CPU and calls an account, side by side.

Three settings that both know (a KMS key with its alias and rotation, the IAM password policy, a backup vault) in 20
accounts and one Region, against one sandbox in a process of its own. Both have applied before; what is measured is a
run that changes nothing, `ansible-playbook` from start to end, its start-up shared out among the accounts. The
collection comes with the package `ansible`, of the line that fits this ansible-core, and is put into build/amazon-aws.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from canned.organization import key, text

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PACKAGE, PLACE = "ansible>=12,<13", ROOT / "build" / "amazon-aws"
ACCOUNTS, REGION = 20, "eu-west-1"
NAMES = ("backup-vault", "iam-password-policy", "kms-keys")
SETTINGS = {"kms-keys": {"keys": {"alias/ours": {"services": ["ec2"]}}}, "backup-vault": {"name": "ours"}}
RUNS = {"ours": 3, "amazon.aws": 1}
LEAST_RATIO = 20
"""How many times our cost the modules must cost at the least; measured, they cost far more."""
PLAY = """\
- hosts: all
  gather_facts: false
  connection: local
  module_defaults:
    group/amazon.aws.aws:
      region: {region}
  tasks:
    - name: Into the account
      amazon.aws.sts_assume_role:
        role_arn: "arn:aws:iam::{{{{ account }}}}:role/org-baseline-apply"
        role_session_name: bench
      register: assumed
    - name: The settings
      module_defaults:
        group/amazon.aws.aws:
          region: {region}
          access_key: "{{{{ assumed.sts_creds.access_key }}}}"
          secret_key: "{{{{ assumed.sts_creds.secret_key }}}}"
          session_token: "{{{{ assumed.sts_creds.session_token }}}}"
      block:
        - amazon.aws.kms_key:
            alias: theirs
            enable_key_rotation: true
        - amazon.aws.iam_password_policy:
            state: present
            min_pw_length: 14
            require_lowercase: true
            require_uppercase: true
            require_numbers: true
            require_symbols: true
            allow_pw_change: true
            pw_max_age: 90
            pw_reuse_prevent: 24
            pw_expire: false
        - amazon.aws.backup_vault:
            backup_vault_name: ours
"""


def collection() -> Path:
    """The folder that has amazon.aws in it, which is filled the first time."""
    if not (PLACE / "ansible_collections" / "amazon" / "aws").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(PLACE), PACKAGE]
        uv = [str(BIN / "uv"), "pip", "install", "-q", "--python", sys.executable, *pip[5:]]
        subprocess.run(uv if (BIN / "uv").exists() else pip, check=True)
    return PLACE


def once(command: list[str], environment: dict[str, str]) -> dict:
    """CPU seconds and seconds of one run, and the calls that it made."""
    control("DELETE")
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "seconds": seconds, **json.loads(control("GET"))}


def control(method: str) -> bytes:
    """What the sandbox says of the calls it has had, or forgets them."""
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/calls", method=method, headers={"X-Sandbox": "yes"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return answer.read()


def theirs(folder: Path, count: int) -> tuple[list[str], dict[str, str]]:
    """The command and the environment that run the modules in that many accounts."""
    hosts = {
        key(number): {"account": str(100_000_000_000 + number * 7_919), "ansible_python_interpreter": sys.executable}
        for number in range(count)
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
    (folder / "play.yml").write_text(PLAY.format(region=REGION), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(collection()),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        # Ansible takes a secret out of every result, and the sandbox's usual one is part of its session tokens.
        "AWS_SECRET_ACCESS_KEY": "in-no-answer",
        "ANSIBLE_FORKS": str(os.cpu_count()),
        "ANSIBLE_PIPELINING": "true",
    }
    return [str(BIN / "ansible-playbook"), "-i", str(folder / "hosts.json"), str(folder / "play.yml")], environment


def ours(file: Path, count: int) -> tuple[list[str], dict[str, str]]:
    """The command and the environment that run our playbook in that many accounts."""
    limit = ":".join(["localhost", *(key(number) for number in range(count))])
    command = [str(BIN / "ansible-playbook"), "playbooks/baseline.yml", "-e", json.dumps({"org_accounts": str(file)})]
    return [*command, "--limit", limit, "--tags", ",".join(NAMES)], dict(os.environ)


def inside(file: Path, count: int) -> dict[str, dict]:
    """Within the sandbox's environment: what each way costs at best, after it has applied once."""
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ours", "amazon.aws"):
            command = ours(file, count) if name == "ours" else theirs(Path(folder), count)
            once(*command)
            measured[name] = min((once(*command) for _ in range(RUNS[name])), key=lambda run: run["cpu"])
    return measured


def main(count: int) -> int:
    """The exit code, after a row for each way."""
    collection()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        file.write_text(text(count, NAMES, regions=[REGION], settings=SETTINGS), encoding="utf-8")
        inner = shlex.join([sys.executable, __file__, "--inside", str(file), str(count)])
        command = [sys.executable, "-m", "org", "sandbox", "--seed-from", str(file), "--exec", inner]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    measured = json.loads(done.stdout.splitlines()[-1])
    print(f"{', '.join(NAMES)}: {count} accounts, 1 Region, nothing to change")
    print(f"{'':<12}{'CPU ms an account':>18}{'calls an account':>18}{'writes':>8}{'CPU s in all':>14}{'seconds':>9}")
    for name, run in measured.items():
        each, calls = run["cpu"] * 1000 / count, run["calls"] / count
        print(f"{name:<12}{each:>18.1f}{calls:>18.1f}{run['writes']:>8}{run['cpu']:>14.2f}{run['seconds']:>9.1f}")
    ratio = measured["amazon.aws"]["cpu"] / measured["ours"]["cpu"]
    good = ratio >= LEAST_RATIO and not measured["ours"]["writes"]
    print(f"ratio {ratio:.0f} (at least {LEAST_RATIO}), and we write nothing: {'kept' if good else 'NOT KEPT'}")
    return int(not good)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS))
