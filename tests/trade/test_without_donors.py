"""A donor that alone leaps carries the expectation, and the list of donors says so."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner

from throughflow.cli.main import cli
from throughflow.errors import DataError
from throughflow.trade import triple, without_donors

CUT = 26
HUB, LEAPING = "KZ", "CL"


@pytest.fixture(scope="module")
def world(simulated):
    """A quiet world in which one donor buys five times as much of every good from March 2022."""
    made = simulated(7, partners=("AR", "CL", "KG", "KZ", "MA", "RU"))
    value = made.value.copy()
    value[:, made.partners.index(LEAPING), :, CUT:] *= 5
    return made.changed(value=value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("leaping")


@pytest.fixture(scope="module")
def study(world, folder):
    return world.study(folder)


@pytest.fixture(scope="module")
def found(study):
    return without_donors.of(study, HUB)


def test_the_donor_that_leaps_is_first_and_its_absence_mends_the_expectation(found, study):
    assert {one.donor for one in found.donors} == {"AR", "CL", "MA"}
    assert sum(one.share for one in found.donors) == pytest.approx(1)
    first = found.donors[0]
    assert first.donor == LEAPING
    assert first.share > 0.5
    # Nothing happened to the hub: with the leap too much is expected, without it about what came.
    assert found.expected > 1.2 * first.expected
    assert abs(np.log(found.actual / first.expected)) < abs(np.log(found.actual / found.expected))
    assert found.excess_most == pytest.approx(first.excess)
    assert found.excess_least <= found.excess
    at = study.panel.partners.index(HUB)
    assert found.expected == pytest.approx(study.real.expected("A")[:, at].sum())


def test_a_donor_left_out_does_not_move_its_own_absence(study):
    """What it trades in the treated months makes no difference to what is predicted without it."""
    panel = study.panel
    donor = panel.partners.index(LEAPING)
    hub_and_family = panel.shape[1] * panel.shape[2]
    at = (panel.cell % hub_and_family) // panel.shape[2]
    treated = (at == donor) & (panel.month >= study.design.mask[panel.cell % panel.shape[2]])
    more = replace(panel, value=np.where(treated, panel.value * 7, panel.value))
    before, after = (triple.without(one, study.design, donor) for one in (panel, more))
    hub = panel.partners.index(HUB)
    np.testing.assert_allclose(after[:, hub], before[:, hub], rtol=1e-5)


def test_the_weightiest_are_left_out_where_only_some_are(found, study):
    some = without_donors.of(study, HUB, most=2)
    by_weight = sorted(found.donors, key=lambda one: -one.weight)
    assert some.left_out == 2
    assert found.left_out == 3
    assert {one.donor for one in some.donors if one.excess is not None} == {
        one.donor for one in by_weight[:2]
    }
    assert [one.donor for one in some.donors if one.excess is None] == [by_weight[2].donor]
    whole = {one.donor: one.excess for one in found.donors}
    told = {one.donor: one.excess for one in some.donors if one.excess is not None}
    assert told == {donor: whole[donor] for donor in told}
    assert (some.excess_least, some.excess_most) == (min(told.values()), max(told.values()))


def test_weights_are_parts_in_what_the_hub_is_compared_with(found, study):
    assert sum(one.weight for one in found.donors) == pytest.approx(1)
    panel, real = study.panel, study.real
    at = panel.partners.index(HUB)
    expected = np.where(real.usable[:, at], real.expected("A")[:, at], 0.0)
    donors = [i for i, is_donor in enumerate(panel.is_donor) if is_donor]
    parts, whole = dict.fromkeys(donors, 0.0), 0.0
    for exporter, family in np.argwhere(expected > 0):
        bought = {donor: real.actual[exporter, donor, family] for donor in donors}
        if sum(bought.values()) > 0:
            whole += expected[exporter, family]
            for donor in donors:
                share = bought[donor] / sum(bought.values())
                parts[donor] += share * expected[exporter, family]
    for one in found.donors:
        assert one.weight == pytest.approx(parts[panel.partners.index(one.donor)] / whole)


def test_a_donor_has_no_donors_of_its_own_in_a_question_about_others(study):
    with pytest.raises(DataError, match="itself one of the donors"):
        without_donors.of(study, LEAPING)


def test_without_rung_a_there_are_no_donors(quiet):
    with pytest.raises(DataError, match="rung B, which has no donors"):
        without_donors.of(quiet, "KZ")
    with pytest.raises(DataError, match="no exports to Chile are in the data"):
        without_donors.of(quiet, "CL")


@pytest.mark.usefixtures("found")
def test_the_verb_prints_it_and_it_replays(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("THROUGHFLOW_STATE", str(tmp_path / "state"))
    asked = ("donors", HUB, "--warehouse", str(folder / "wh"), "--list", str(folder / "list.csv"),
             "--window", "2022-03:2022-11")  # fmt: skip

    def run(*arguments):
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    table = run(*asked)
    assert "Chile (CL)" in table
    assert "without one donor" in table
    printed = json.loads(run(*asked, "--json"))
    jsonschema.validate(printed, json.loads(run("schema", "donors")))
    assert printed["donors"][0]["donor"] == LEAPING
    assert run(*asked, "--format", "csv").startswith("donor,name,share,weight,expected,excess")
    assert json.loads(run("replay", printed["id"], "--warehouse", str(folder / "wh"), "--json"))[
        "same"
    ]
