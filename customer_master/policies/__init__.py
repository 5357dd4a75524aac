"""The authored match and survivorship documents, and how such a document is read.

May import: nothing of this project.
"""
