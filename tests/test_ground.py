"""The commands at the top of the checkout: what they start, what they stop, and how they refuse."""

import ast
import http.client
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers import PRODUCTION_ONLY, free_port

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).resolve().parents[1]
STOPS_WITHIN = 120  # seconds, on a machine that is busy


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return installation(tmp_path)


def installation(home: Path) -> dict[str, str]:
    """An embedded installation with data of its own and a free port."""
    stores_and_make = (*PRODUCTION_ONLY, "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    ours = {name: value for name, value in os.environ.items() if name not in stores_and_make}
    data = {
        "DATA_DIR": str(home / "var"),
        "ANON_KEYRING_FILE": str(home / "var/keys/anon-keyring.json"),
    }
    return {**ours, **data, "PORT": str(free_port())}


@contextmanager
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen, str]]:
    """The board as `make run` starts it, with what it said until it was ready."""
    command = [sys.executable, "scripts/run.py"]
    board = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        while "Ctrl-C stops it" not in said and (line := board.stdout.readline()):
            said += line
        yield board, said
    finally:
        board.send_signal(signal.SIGINT)
        board.communicate(timeout=STOPS_WITHIN)


def listening(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def modes_of(folder: Path) -> Iterator[int]:
    """Of every file, but for a journal that was there for a moment."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if stat.S_ISREG(mode := path.stat().st_mode):
                yield mode


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return sorted(found)


def refusal(*command: str, **options) -> str:
    """What a command that must fail says, which must be one line."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode, done.stdout
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation that was started once, watched, and stopped by Ctrl-C."""
    home = tmp_path_factory.mktemp("installation")
    environment = installation(home)
    with running(environment) as (board, said):
        host = f"127.0.0.1:{environment['PORT']}"
        assert f"http://{host}" in said
        assert "Loading" in said
        with closing(http.client.HTTPConnection(host)) as connection:  # and no proxy between
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
        children = children_of(board.pid)
        assert len(children) == 2
        modes = list(modes_of(home / "var"))
        assert modes
        assert not [mode for mode in modes if mode & 0o077], "the data is nobody else's"
    assert board.returncode == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not listening(environment["PORT"])
    return environment


def test_a_second_start_keeps_the_data_and_a_service_manager_may_stop_it(started):
    with running(started) as (board, said):
        assert "Loading" not in said
        assert "clinician@demo.example" in said
        board.send_signal(signal.SIGTERM)
        board.communicate(timeout=STOPS_WITHIN)
    assert not listening(started["PORT"])


def test_when_one_part_dies_the_other_is_stopped_and_the_exit_code_tells(started):
    with running(started) as (board, _):
        os.kill(children_of(board.pid)[0], signal.SIGKILL)
        board.communicate(timeout=STOPS_WITHIN)
        assert board.returncode
        assert not listening(started["PORT"])


def test_a_busy_port_is_told_in_a_sentence(environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment["PORT"] = str(taken.getsockname()[1])
        said = refusal(sys.executable, "scripts/run.py", cwd=ROOT, env=environment)
    assert said.startswith(f"Port {environment['PORT']} is in use")


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told_in_a_sentence(environment, port):
    said = refusal(sys.executable, "scripts/run.py", cwd=ROOT, env={**environment, "PORT": port})
    assert said.startswith("PORT must be a number")


def test_a_missing_python_is_told_in_a_sentence(environment):
    said = refusal("make", "run", "PYTHON=no-such-python", cwd=ROOT, env=environment)
    assert "there is no no-such-python here" in said


def test_the_install_step_is_readable_by_an_old_python():
    ast.parse((ROOT / "scripts/install.py").read_text(), feature_version=(3, 5))


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """Only what the install step reads, with no virtual environment yet."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for name in ("requirements.txt", "requirements.lock"):
        (checkout / name).write_text("")
    return checkout


def installing(checkout: Path, fault: str = "pass") -> list[str]:
    """The install step, under a Python with a fault."""
    script = str(checkout / "scripts/install.py")
    runs = f"import runpy; runpy.run_path({script!r}, run_name='__main__')"
    return [sys.executable, "-c", f"import sys; sys.argv[1:] = ['requirements.txt']; {fault}; {runs}"]


def test_an_old_python_is_told_in_a_sentence(bare_checkout):
    said = refusal(*installing(bare_checkout, "sys.version_info = (3, 9, 2)"))
    assert said.startswith("Sounding Board needs Python 3.11 or newer and this is 3.9")


def test_a_missing_venv_module_is_told_in_a_sentence(bare_checkout):
    said = refusal(*installing(bare_checkout, "sys.modules['ensurepip'] = None"))
    assert said.startswith("Python's venv module is missing")


OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "UV_OFFLINE": "1", "PIP_CONFIG_FILE": os.devnull}
NEEDS_COMPILER = """
def build_wheel(*_, **__):
    raise SystemExit("error: command 'gcc' failed: No such file or directory")
def get_requires_for_build_wheel(*_): return []
"""


def test_packages_out_of_reach_are_told_in_a_sentence(bare_checkout):
    (bare_checkout / "requirements.txt").write_text("no-such-package==1.0\n")
    said = refusal(*installing(bare_checkout), env={**os.environ, **OFFLINE})
    assert "the package index may be out of reach" in said


def test_a_missing_compiler_is_told_in_a_sentence(bare_checkout):
    package = bare_checkout / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "needs-compiler"\nversion = "1.0"\n'
    )
    (package / "backend.py").write_text(NEEDS_COMPILER)
    (bare_checkout / "requirements.txt").write_text("./package\n")
    said = refusal(*installing(bare_checkout), env={**os.environ, **OFFLINE})
    assert "a C compiler" in said


def test_make_alone_lists_what_it_can_do(environment):
    said = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert {"run", "test", "lint"} <= {line.split()[1] for line in said.splitlines()}
