"""A finding on roads as one HTML file, of the same make as the dossier's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from throughflow.reference import route_network
from throughflow.reference.route_network import MODES
from throughflow.report import route_figure, words
from throughflow.report.page import environment, policy, style

if TYPE_CHECKING:
    from throughflow.evidence.runs import Run
    from throughflow.routes.result import RouteFinding


def route_text(found: RouteFinding, run: Run | None = None) -> str:
    """Return a finding on roads as one self-contained HTML page.

    Args:
        found: What it says.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The page; the same finding and run give the same bytes.
    """
    return (
        environment()
        .get_template("route.html.j2")
        .render(
            f=found,
            run=run,
            command=command(found),
            headline=route_figure.headline(found),
            map=route_figure.on_map(found),
            roads=route_figure.named_roads(found),
            checked=route_figure.checked(found),
            names={code: route_network.name(code) for code in route_network.territories()},
            left_out=[route_network.name(code) for code in found.left_out],
            listed=words.listed,
            style=Markup(style()),  # noqa: S704 - the package's own file
            policy=policy(),
        )
    )


def command(found: RouteFinding) -> str:
    """Return the command that asks again."""
    parts = ["throughflow route", found.origin.id, found.destination.id]
    for option, values in (("--via", found.via), ("--avoid", found.avoid)):
        if values:
            parts.append(f"{option} {','.join(values)}")
    parts.append(f"--on {found.on}")
    if found.goods is not None:
        parts.append(f"--product {found.goods.product}")
    if set(found.modes) != set(MODES):
        parts.append(f"--mode {','.join(found.modes)}")
    return " ".join(parts)
