"""The wheel, installed alone in a fresh environment, does what the checkout does. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLLECTION = "ansible_collections/org/baseline"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "AWS_", "PYTHON"))}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=kept, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def build(target: str, folder: Path) -> Path:
    done = run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder)
    assert 0 == done.returncode, done.stderr
    return next(folder.glob("*.whl"))


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files(folder: Path) -> list[Path]:
    """Every file of a folder but what Python writes there by itself."""
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are borrowed from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    executable = folder / "bin" / "python"
    done = run(sys.executable, "-m", "pip", "--python", executable, "install", "-q", "--no-index", "--no-deps", wheel)
    assert 0 == done.returncode, done.stderr
    packages = Path(run(executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return executable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing but an accounts.yaml and the inventory that Ansible makes of it."""
    shutil.copy(ROOT / "accounts.yaml", tmp_path)
    (tmp_path / "accounts.inventory.yml").write_text("plugin: org.baseline.accounts\n", encoding="utf-8")
    return tmp_path


def test_the_wheel_carries_the_package_its_policies_and_the_collection(wheel: Path) -> None:
    collections = ROOT / "playbooks" / "collections"
    wanted = {
        *(str(path.relative_to(ROOT)) for path in files(ROOT / "org")),
        *(f"org/{path.relative_to(ROOT)}" for path in files(ROOT / "scps")),
        *(
            str(path.relative_to(collections))
            for path in files(collections / "ansible_collections" / "org" / "baseline")
        ),
    }
    assert wanted == contents(wheel)


def test_an_editable_install_copies_nothing(tmp_path: Path) -> None:
    assert {"_aws_org_baseline.pth"} == contents(build("wheel:editable", tmp_path))


def test_the_installed_package_is_the_wheel_s(python: Path, tmp_path: Path) -> None:
    where = run(python, "-c", "import org.cli; print(org.cli.__file__)", cwd=tmp_path).stdout.strip()
    assert Path(where).is_relative_to(python.parents[1])


def test_copy_and_pickle_survive_the_installed_package(python: Path, tmp_path: Path) -> None:
    done = run(python, "-c", "import copy, pickle, boto3; print('fine')", cwd=tmp_path)
    assert ("fine\n", "", 0) == (done.stdout, done.stderr, done.returncode)


def test_org_says_its_version(python: Path, tmp_path: Path) -> None:
    done = run(python.parent / "org", "--version", cwd=tmp_path)
    assert ("org, version 0.1.0\n", 0) == (done.stdout, done.returncode)


def test_org_check_needs_nothing_but_an_accounts_file(python: Path, folder: Path) -> None:
    done = run(python.parent / "org", "check", cwd=folder)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_ansible_documents_the_collection(python: Path, tmp_path: Path) -> None:
    done = run(python, "-m", "ansible", "doc", "-t", "inventory", "org.baseline.accounts", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr


def test_ansible_finds_the_playbooks_in_an_empty_folder(python: Path, tmp_path: Path) -> None:
    done = run(python, "-m", "ansible", "playbook", "org.baseline.site", "--syntax-check", cwd=tmp_path)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_the_whole_run_works_from_the_wheel(python: Path, folder: Path) -> None:
    playbook = f"{python} -m ansible playbook -i accounts.inventory.yml org.baseline.site"
    again = f"{python.parent / 'org'} plan --detailed-exitcode"
    sandbox = (
        python.parent / "org",
        "sandbox",
        "--seed-from",
        "accounts.yaml",
        "--drift",
        "14",
        "--seed",
        "12",
        "--exec",
    )
    done = run(*sandbox, f"{playbook} && {again}", cwd=folder)
    assert 0 == done.returncode, done.stdout + done.stderr
