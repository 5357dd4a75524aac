"""From raw documents to the canonical model and back.

``normalize`` reads values, ``canonical`` is the model, ``language`` compiles mapping documents, ``specs`` and
``crosswalks`` are the demo project's authored documents.
"""
