"""The kit passes an honest connector and finds out every liar."""

import re
import subprocess
import sys
from pathlib import Path

SPECIMENS = Path(__file__).with_name("kit_specimens.py")


def test_the_honest_pass_and_every_liar_is_found_out():
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfp", "-p", "no:cacheprovider", "-c", "/dev/null"]
    root = Path(__file__).parents[2]
    result = subprocess.run([*command, SPECIMENS], cwd=root, capture_output=True, text=True, check=False)
    failed = dict(re.findall(r"^FAILED .*::Test(\w+)::(\w+)", result.stdout, re.MULTILINE))
    passed = set(re.findall(r"^PASSED .*::Test(\w+)::", result.stdout, re.MULTILINE))
    assert "Honest" in passed, result.stdout
    assert "Honest" not in failed
    assert set(failed) == passed - {"Honest"}
    assert len(failed) == 8
