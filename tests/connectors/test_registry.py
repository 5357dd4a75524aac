import pytest

from connectors import registry
from connectors.errors import ConfigurationError


def test_installed_connectors_are_known():
    assert {"sftp_files", "tryton"} <= set(registry.names())
    assert registry.load("sftp_files").capabilities.incremental


def test_an_unknown_connector_is_told_with_its_nearest():
    with pytest.raises(ConfigurationError) as caught:
        registry.load("sftp_file")
    assert "Did you mean 'sftp_files'?" in str(caught.value)
    assert "tryton" in str(caught.value)
