"""Policy templates to documents: found, bound to parameters, named, checked against AWS's grammar and quotas."""

from org.policy.library import Library, library, library_folders
from org.policy.render import Rendered, render

__all__ = ["Library", "Rendered", "library", "library_folders", "render"]
