"""The way of the data, one module a step: pull, record (map, check, record), resolve (and survive), publish, account.

Every step is a hub function that may be killed at any instant and called again. CLI, web and DAGs are doors to them.
"""
