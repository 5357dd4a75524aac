"""Runs the hub on a schedule with Apache Airflow, without importing it: Airflow is a set of supervised programs.

``cadence`` reads when a source is due, ``tasks`` is what the DAGs call, ``airflow`` says how Airflow is set up and
run, ``client`` asks its REST API, ``pages`` runs the screens, ``stack`` starts and tends everything, ``daemon`` does so
in the background, and ``control`` brings the daemon up and down.

May import: everything but ``hub.cli`` and ``hub.demo``; never ``airflow``. ``cadence`` imports nothing of the hub.
"""
