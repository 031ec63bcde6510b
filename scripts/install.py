"""Makes .venv hold the packages of a requirements file; does nothing when it already does.

Runs on whatever python3 is there, so that an old one gets a sentence and not a traceback:
no syntax newer than 3.5.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
LOCK = "requirements.lock"
# Compiled once, as pip does by itself: else each process takes four seconds to start instead of one.
UV = ("uv", "pip", "install", "--compile-bytecode")
NEEDED = (3, 11)


def install(requirements):
    refuse_old_python()
    os.chdir(ROOT)
    wanted = fingerprint(requirements)
    if wanted in installed():
        return
    make_venv()
    print("Installing {} into .venv (once; needs the network) ...".format(requirements), flush=True)
    with open(LOG, "wb") as log:
        if not (run(log, "-m", "pip", "install", "uv") and with_packages(log, requirements, *UV)):
            with_packages(log, requirements, "pip", "install") or sys.exit(failure())
    with open(os.path.join(VENV, "installed"), "w", encoding="utf-8") as stamps:
        stamps.write("".join(stamp + "\n" for stamp in stamps_of(requirements)))


def refuse_old_python():
    if sys.version_info < NEEDED:
        sys.exit(
            "Sounding Board needs Python {}.{} or newer and this is {}.{}; with another one installed, "
            "name it: make run PYTHON=python3.11".format(*(NEEDED + sys.version_info[:2]))
        )


def make_venv():
    """A virtual environment whose interpreter answers, new when there is none."""
    if (
        os.path.exists(PYTHON)
        and subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    ):
        return
    try:
        import ensurepip  # noqa: F401  # Debian packs it apart
        import venv  # noqa: F401
    except ImportError:
        sys.exit("Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        sys.exit(
            "The virtual environment in {} could not be made; is the disk full or read-only?".format(VENV)
        )


def with_packages(log, requirements, *installer):
    """Install by `installer`; true when that worked."""
    return run(log, "-m", *installer, "-r", requirements, "-c", LOCK)


def run(log, *arguments):
    return subprocess.call((PYTHON, *arguments), stdout=log, stderr=log) == 0


def failure():
    """One sentence on why the packages did not install, judged by what the installer wrote."""
    with open(LOG, encoding="utf-8", errors="replace") as log:
        said = log.read().lower()
    if any(word in said for word in ("compiler", "gcc", "failed to build", "failed building")):
        why = "one must be built here, which takes a C compiler; on Debian: apt-get install gcc python3-dev"
    else:
        why = "the package index may be out of reach"
    return "The Python packages could not be installed: {} (details: {})".format(why, LOG)


def stamps_of(requirements):
    """What `requirements` proves to be installed: the development set brings the runtime set along."""
    return {fingerprint(requirements), fingerprint("requirements.txt")}


def fingerprint(requirements):
    content = hashlib.sha256(VENV.encode() + sys.version.encode())
    for name in (requirements, "requirements.txt", LOCK):
        with open(name, "rb") as file:
            content.update(file.read())
    return "{} {}".format(requirements, content.hexdigest())


def installed():
    try:
        with open(os.path.join(VENV, "installed"), encoding="utf-8") as stamps:
            return stamps.read().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    install(sys.argv[1])
