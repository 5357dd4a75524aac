"""The connector for a call centre on Asterisk: its log files over SFTP become whole calls and whole service requests.

Read from the bottom up: ``log_files`` follows files that grow and are rotated; ``cdr``, ``cel``, ``queue_log`` and
``requests`` read one line each; ``calls`` is what is known of one call, ``assembly`` the calls in progress,
``call_stream`` and ``request_stream`` the two streams, ``connector`` the contract.

May import: ``connectors.base``, ``connectors.errors``, ``connectors.transport``, pyarrow, pydantic.
"""
