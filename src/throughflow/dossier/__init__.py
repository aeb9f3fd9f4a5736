"""The one place that joins witnesses: dossiers and published results."""

from throughflow.dossier.build import build
from throughflow.dossier.model import Dossier

__all__ = ["Dossier", "build"]
