"""From raw documents to the canonical model and back.

``normalize`` reads values, ``canonical`` is the model, ``language`` compiles mapping documents, ``specs`` holds the
demo project's mappings.

May import: nothing else of this project.
"""
