import time, pytest
from hub.demo.landscape import generate, write_files
from tests.tryton_loop.victim import Victims
from tests.tryton_loop.installation import ship_to
pytestmark = pytest.mark.tryton
def test_x(new_installation, tmp_path):
    i=new_installation()
    l=generate(40,7)
    ids=i.enter(*l.erp())
    for p in write_files(l,tmp_path/"f"): p.replace(i.scm.root/"in"/p.name)
    v=Victims()
    for n in range(6):
        t=time.monotonic()
        r=v.finish(i); print("sync", r, time.monotonic()-t)
        i.deliver(ship_to(f"ST{n}", f"深圳市{n}有限公司", 电话=f"0755-2698{n}567"))
