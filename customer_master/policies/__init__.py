"""The authored match, survivorship and stewardship documents, and how such a document is read.

May import: nothing of this project.
"""
