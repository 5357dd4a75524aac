"""Plugins of Airflow: ``hub_plugin`` shows the hub's screens in Airflow's frame.

May import: airflow and ``hub``.
"""
