"""A seeded landscape of customers as an ERP and an SCM know them, in many disguises; the truth is kept aside.

``generate`` describes it, ``some_mix`` draws what it is made of, ``write_files`` writes what the SCM delivers,
``Landscape.erp`` gives what is loaded into the ERP, ``evaluate`` compares the hub's answer with the truth,
``append_ship_to`` brings tomorrow's news.

May import: nothing of this project but itself.
"""

from hub.demo.landscape.additions import addition, append_ship_to
from hub.demo.landscape.customers import Mix
from hub.demo.landscape.evaluation import Evaluation, evaluate, render
from hub.demo.landscape.files import write_files
from hub.demo.landscape.landscape import Landscape, generate
from hub.demo.landscape.mixes import some_mix
from hub.demo.landscape.truth import Truth, TruthPair, TruthRow, read_truth, write_truth

__all__ = [
    "Evaluation", "Landscape", "Mix", "Truth", "TruthPair", "TruthRow",
    "addition", "append_ship_to", "evaluate", "generate", "read_truth", "render", "some_mix", "write_files",
    "write_truth",
]  # fmt: skip
