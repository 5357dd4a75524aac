"""The fixtures of ``tests.support.pdm``; no other folder needs these servers."""

from tests.support.pdm import any_pdm, canned, demo_pdm_process, node_pdm_process, pdm_server, pdm_wsdl

__all__ = ["any_pdm", "canned", "demo_pdm_process", "node_pdm_process", "pdm_server", "pdm_wsdl"]
