"""The DAGs: thin files that call hub functions and nothing else; no cursor and no data passes through Airflow.

``sources`` has one DAG for every connection document, ``master`` resolves, publishes and draws up the quality,
``documents`` shows unreadable documents as an import error, ``parts`` is what they share.

May import: airflow and ``hub``; heavy rooms (polars, pandas, Great Expectations) only inside a running task.
"""
