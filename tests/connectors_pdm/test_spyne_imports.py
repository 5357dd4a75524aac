"""spyne can be imported where Python has lost what it asks for; played through in processes of their own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# what Python 3.12 and 3.13 are like to spyne: importers without find_spec are not asked, and there is no module cgi
LIKE_PYTHON_3_13 = """
import sys
from importlib.machinery import PathFinder

class Finders(list):
    def append(self, finder):
        if hasattr(finder, "find_spec"):
            super().append(finder)

class WithoutCgi:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name == "cgi" else PathFinder.find_spec(name, path, target)

kept = [finder for finder in sys.meta_path if finder is not PathFinder]
sys.meta_path = Finders([*kept, WithoutCgi])
sys.modules.pop("cgi", None)
"""
SERVE = """
import io
import sys
from pathlib import Path
from hub.demo.systems.pdm_service import application
from wsgiref.util import setup_testing_defaults

environment = {"QUERY_STRING": "wsdl", "PATH_INFO": "/pdm"}
setup_testing_defaults(environment)
service = application(Path(sys.argv[1]), "hub", "pw")
answer = b"".join(service(environment, lambda *_: None))
print("ReadOwner" in answer.decode())
body = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><ReadOwner/></e:Body></e:Envelope>'
environment = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "text/xml; charset=utf-8", "PATH_INFO": "/pdm"}
environment |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
setup_testing_defaults(environment)
answer = b"".join(service(environment, lambda *_: None))
print("Fault" in answer.decode())
"""


def run(script, folder):
    command = [sys.executable, "-W", "ignore", "-c", script, str(folder / "pdm.sqlite")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_spyne_serves_without_six_and_cgi(tmp_path):
    done = run(f"{LIKE_PYTHON_3_13}\n{SERVE}", tmp_path)
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]


def test_without_the_preparation_it_cannot_be_imported(tmp_path):
    done = run(f"{LIKE_PYTHON_3_13}\nimport spyne", tmp_path)
    assert done.returncode != 0
    assert "ModuleNotFoundError" in done.stderr
