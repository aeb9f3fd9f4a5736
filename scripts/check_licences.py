"""Print the licence of every package the product needs at run time; refuse strong copyleft.

The set is walked from the installed metadata of ``throughflow`` itself: its requirements, their
requirements, and so on, with the markers of this machine. Nothing is downloaded.

Exit code 1 when a package is under the GPL or AGPL, or says nothing about its licence.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import metadata

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# "LGPL" and "GPL with the linking exception" may be linked against; the bare ones may not.
STRONG = re.compile(
    r"(?<![A-Za-z])A?GPL|(?<!Lesser )(?<!Library )General Public Licen[cs]e", re.IGNORECASE
)
EXCEPTION = re.compile(r"WITH[ -][\w.-]*exception|runtime library exception", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    Attributes:
        name: Canonical name.
        version: Installed version.
        licence: What its metadata say, shortened to one line; empty when they say nothing.
    """

    name: str
    version: str
    licence: str

    @property
    def is_refused(self) -> bool:
        """Whether the package may not be among the runtime dependencies."""
        return not self.licence or is_strong_copyleft(self.licence)


def is_strong_copyleft(licence: str) -> bool:
    """Tell whether a licence text or SPDX expression leaves no choice but the GPL or AGPL.

    Args:
        licence: An SPDX expression such as ``MIT OR GPL-2.0-only``, or free text.

    Returns:
        True when every alternative of the expression is under the GPL or AGPL without a linking
        exception.
    """
    alternatives = re.split(r"\s+OR\s+", licence)
    return all(STRONG.search(text) and not EXCEPTION.search(text) for text in alternatives)


def licence_of(distribution: metadata.Distribution) -> str:
    """Read the licence a package declares: SPDX expression, then classifiers, then free text."""
    fields = distribution.metadata
    for expression in fields.get_all("License-Expression") or []:
        return str(expression).strip()
    classifiers = [
        str(text).rpartition(" :: ")[2]
        for text in fields.get_all("Classifier") or []
        if text.startswith("License ::") and not text.endswith("OSI Approved")
    ]
    if classifiers:
        return " AND ".join(classifiers)
    # Some packages paste the whole text here; its first line names it.
    words = "\n".join(map(str, fields.get_all("License") or []))
    return next(iter(words.strip().splitlines()), "")


def runtime_packages(root: str = "throughflow") -> list[Package]:
    """List every installed package that a package needs, itself excluded, sorted by name.

    Args:
        root: Name of the installed package to start from.

    Returns:
        The transitive closure of its requirements without extras.

    Raises:
        importlib.metadata.PackageNotFoundError: The root or a requirement is not installed.
    """
    environment = {key: str(value) for key, value in default_environment().items()}
    found: dict[str, Package] = {}
    waiting = [Requirement(root)]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        distribution = metadata.distribution(wanted.name)
        found[name] = Package(name, distribution.version, licence_of(distribution))
        for text in distribution.requires or []:
            requirement = Requirement(text)
            extras = wanted.extras or {""}
            if requirement.marker is None or any(
                requirement.marker.evaluate({**environment, "extra": extra}) for extra in extras
            ):
                waiting.append(requirement)
    found.pop(canonicalize_name(root))
    return sorted(found.values(), key=lambda package: package.name)


def main() -> int:
    """Print the table and return the exit code."""
    packages = runtime_packages()
    for package in packages:
        mark = "  ← refused" if package.is_refused else ""
        print(f"{package.name:22} {package.version:14} {package.licence or 'not stated'}{mark}")
    refused = [package.name for package in packages if package.is_refused]
    if refused:
        print(f"not allowed at run time: {', '.join(refused)}", file=sys.stderr)
        return 1
    print(f"{len(packages)} runtime packages, none under the GPL or AGPL")
    return 0


if __name__ == "__main__":
    sys.exit(main())
