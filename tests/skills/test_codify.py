from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hivemind_git.rules.verdict import Dropped
from hivemind_git.settings import Settings
from hivemind_git.skills import area, codify, lineage
from hivemind_git.skills.blame import blame
from hivemind_git.skills.codify import Plan, plan
from hivemind_git.skills.offers import Offer, declined
from hivemind_git.skills.publish import publish
from hivemind_git.skills.rules_toml import SkillRule

from .conftest import SKILLS, Desk, a_rule, advice

NAME = "python-logging"
BRANCH = f"hivemind/skill/{NAME}"


def planned(desk: Desk, *rules: SkillRule) -> Plan:
    dropped = [one.id for one in lineage.dropped(desk.repository, SKILLS)]
    return plan(desk.repository, rules, Settings(), dropped=dropped)


def codified(desk: Desk, *rules: SkillRule) -> list[str]:
    made = [publish(desk.repository, one.draft, one.base, Settings()) for one in planned(desk, *rules).skills]
    return [one.skill for one in made if one]


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        (a_rule(), "logging"),
        (a_rule(before="os.path.join($0, $1)", after="Path($0) / $1"), "paths"),
        (a_rule(before="datetime.utcnow()", after="datetime.now(UTC)"), "time"),
        (a_rule(before="assertEquals($0)", after="assert $0"), "testing"),
        (a_rule(before="fetch($0)", after="api.get($0)"), "http"),
        (a_rule(before="self.total($0)", after="money.total($0)"), "money"),
        (a_rule(before="foo($0)", after="bar($0)"), "conventions"),
        (a_rule(before="$0 = $0 + 1", after="$0 += 1"), "conventions"),
        (advice(1, "Always run the tests before you say it is done"), "testing"),
        (advice(1, "Small commits, please, one topic each"), "commits"),
        (advice(1, "Nein, so nicht"), "conventions"),
    ],
)
def test_a_rule_has_a_topic(rule: SkillRule, topic: str) -> None:
    assert area.topic(rule) == topic


def test_rules_of_one_area_share_a_skill_whatever_their_order() -> None:
    rules = [
        a_rule(1),
        a_rule(2, before="console.log($0)", after="log.debug($0)", language="typescript"),
        a_rule(3, before="print($0, file=sys.stderr)", after="logger.error($0)", decisions=9),
        a_rule(4, before="console.warn($0)", after="log.warn($0)", language="javascript"),
        advice(5, "Run the tests first"),
        advice(6, "Nein, so nicht"),
    ]
    homes = {
        "0000000000000001": "python-logging",
        "0000000000000002": "javascript-logging",
        "0000000000000003": "python-logging",
        "0000000000000004": "javascript-logging",
        "0000000000000005": "testing",
        "0000000000000006": "project-conventions",
    }
    rules[3] = a_rule(4, before="console.warn($0)", after="log.warn($0)", language="javascript", decisions=5)
    assert area.assign(rules, {}) == homes
    assert area.assign(rules[::-1], {}) == homes


def test_a_rule_stays_in_its_skill_and_a_new_one_joins_what_people_renamed() -> None:
    skills = {"how-we-log": [a_rule(1)], "misc": [a_rule(2, before="log($0)")]}
    new = a_rule(3, before="pprint($0)")
    assert area.assign([a_rule(2, before="log($0)"), new], skills) == {
        "0000000000000002": "misc",
        "0000000000000003": "how-we-log",
    }


def test_a_full_skill_and_a_foreign_one_are_not_joined() -> None:
    full = {NAME: [a_rule(n) for n in range(10, 10 + area.RULES_PER_SKILL)]}
    assert area.assign([a_rule(1)], full) == {"0000000000000001": f"{NAME}-2"}
    assert area.assign([a_rule(1)], {}, {NAME.title(), f"{NAME}-2"}) == {"0000000000000001": f"{NAME}-3"}


def test_names_are_names_whatever_the_language_is_called() -> None:
    for language in ("C++", "C#", "Objective-C", "../../etc", "日本", "x" * 200, "a--b"):
        (name,) = area.assign([a_rule(language=language, after="yyyy.zzz($0)")], {}).values()
        assert len(name) <= 64
        assert name.replace("-", "").isalnum()
        assert name.isascii()
        assert "--" not in name


def test_several_rules_in_one_run(desk: Desk) -> None:
    assert codified(desk, a_rule(1), a_rule(2, before="pprint($0)"), advice(3, "Run the tests first")) == [
        "python-logging",
        "testing",
    ]
    assert planned(desk, a_rule(1), a_rule(2, before="pprint($0)"), advice(3, "Run the tests first")) == Plan((), {})
    found = planned(desk, a_rule(4, before="log($0)"))
    assert [(one.draft.name, one.base.branch, one.draft.added) for one in found.skills] == [
        (NAME, BRANCH, ("0000000000000004",))
    ]


def test_what_is_committed_passes_the_reference_validator(desk: Desk) -> None:
    """By its own command, on the files as a clone has them, through the link as well."""
    for name in codified(desk, a_rule(1), advice(3, "Run the tests first", headline="Run the tests: all of them")):
        desk.repo.git("merge", "-q", "--no-edit", f"hivemind/skill/{name}")
    command = Path(sys.executable).with_name("agentskills")
    for folder in (*desk.repo.path.glob(".claude/skills/*"), *desk.repo.path.glob(".agents/skills/*")):
        done = subprocess.run([command, "validate", folder], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(list(desk.repo.path.glob(".agents/skills/*/SKILL.md"))) == 2


def test_a_broken_skill_stops_only_itself(desk: Desk) -> None:
    codified(desk, a_rule(1))
    desk.repo.git("merge", "-q", BRANCH)
    desk.repo.commit("oops", **{f"{SKILLS}/{NAME}/rules.toml": "rule = ["})
    found = planned(desk, a_rule(1), advice(3, "Run the tests first"))
    assert [one.draft.name for one in found.skills] == [f"{NAME}-2", "testing"]


def test_a_reverted_rule_is_told_to_mining_with_its_evidence(desk: Desk) -> None:
    codified(desk, a_rule(1))
    desk.repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
    assert lineage.live(desk.repository, SKILLS) == {"0000000000000001": NAME}
    desk.repo.git("revert", "--no-edit", BRANCH)
    revert = desk.repo.git("rev-parse", "HEAD")
    assert lineage.live(desk.repository, SKILLS) == {}
    assert lineage.dropped(desk.repository, SKILLS) == (
        Dropped("0000000000000001", revert, tuple(f"00000001{n:024x}" for n in (1, 2, 3))),
    )


@pytest.mark.parametrize("how", ["squash", "merge"])
def test_restores_a_dropped_rule(desk: Desk, how: str) -> None:
    codified(desk, a_rule(1))
    if how == "squash":
        desk.repo.git("merge", "-q", "--squash", BRANCH)
        desk.repo.commit("skill")
        desk.repo.git("revert", "--no-edit", "HEAD")
    else:
        desk.repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
        desk.repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    (dropped,) = desk.lineage().dropped
    again = codify.restore(desk.repository, dropped, Settings())
    made = publish(desk.repository, again.draft, again.base, Settings())
    assert made is not None
    assert made.parent == desk.repo.git("rev-parse", "main")
    desk.repo.git("merge", "-q", "--ff-only", BRANCH)
    assert (desk.lineage().live, desk.lineage().dropped) == ({"0000000000000001": NAME}, ())


def test_an_empty_repository_has_no_rules(make_repo: Callable[[str], object]) -> None:
    empty = Desk(make_repo("empty"))  # type: ignore[arg-type]
    assert (lineage.live(empty.repository, SKILLS), lineage.dropped(empty.repository, SKILLS)) == ({}, ())


def test_reports_the_skills_that_no_longer_fit(desk: Desk) -> None:
    for n in range(20):
        desk.repo.write(f"{SKILLS}/a{n:02}/SKILL.md", f"---\nname: a{n:02}\ndescription: {'x' * 395}\n---\n")
    commit = desk.repo.commit("many")
    drafts = [one.draft for one in planned(desk, a_rule(1)).skills]
    assert codify.listing_overflow(desk.repository, commit, [], Settings()) == ("a19",)
    assert codify.listing_overflow(desk.repository, commit, drafts, Settings()) == ("a19", NAME)


def test_blames_each_line(desk: Desk) -> None:
    codified(desk, a_rule(1))
    first = desk.repo.git("rev-parse", BRANCH)
    codified(desk, a_rule(2, before="pprint($0)"))
    second = desk.repo.git("rev-parse", BRANCH)
    skill = desk.repo.git("show", f"{BRANCH}:{SKILLS}/{NAME}/SKILL.md") + "\n\nMine.\n"
    rules = {rule.id: rule for rule in (a_rule(1), a_rule(2, before="pprint($0)"))}
    lines = blame(skill.encode(), rules, desk.lineage(BRANCH), ())
    assert [line.text for line in lines] == skill.splitlines()
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    owners = {line.text: (line.rule.id if line.rule else "", line.commit) for line in lines}
    assert owners["## Write `logger.info($0)`, not `print($0)`"] == ("0000000000000001", first)
    assert owners["## Write `logger.info($0)`, not `pprint($0)`"] == ("0000000000000002", second)
    assert owners["| `0000000000000002` | Python in `src/**/*.py` | `pprint($0)` | `logger.info($0)` |"][1] == second
    assert owners["name: python-logging"] == owners["Mine."] == owners["# Python logging"] == ("", "")


def offer(skill: str = NAME, *rules: str, t: str = "2026-01-01T00:00:00Z", machine: str = "here") -> Offer:
    ref = f"refs/heads/hivemind/skill/{skill}"
    return Offer(skill=skill, ref=ref, commit="c" * 40, rules=rules, corrections=("d" * 32,), t=t, machine=machine)


@pytest.mark.parametrize(
    ("refs", "merged", "known", "machine", "rules"),
    [
        ((), False, (), "here", ("r1", "r2")),
        ((f"refs/heads/{BRANCH}",), False, (), "here", ()),
        ((), True, (), "here", ()),
        ((), False, ("r1",), "here", ("r2",)),
        ((), False, (), "there", ()),
    ],
)
def test_an_offer_that_vanished_here_is_declined(
    refs: tuple[str, ...], merged: bool, known: tuple[str, ...], machine: str, rules: tuple[str, ...]
) -> None:
    found = declined([offer(NAME, "r1", "r2")], machine, refs, lambda commit: merged, known)
    assert tuple(rule for one in found for rule in one.rules) == rules


def test_an_offer_reads_back() -> None:
    assert Offer.from_json(offer(NAME, "r1").to_json()) == offer(NAME, "r1")
    for broken in ({}, {**offer().to_json(), "rules": "r1"}, {**offer().to_json(), "t": 3}):
        with pytest.raises(ValueError, match="an offer lacks"):
            Offer.from_json(broken)
