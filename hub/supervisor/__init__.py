"""Keeps child processes: starts, watches, adopts and ends them, so that none is left behind and none is started twice.

``lock`` is a lock file, ``identity`` recognises a process after its parent has died, ``processes`` finds and ends them,
``program`` says what to run, ``supervisor`` runs it.

May import: the standard library, psutil and :mod:`hub.errors`.
"""
