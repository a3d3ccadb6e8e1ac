"""What a template shows of a rule: short, safe Markdown out of evidence that may hold anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hivemind_git.model import CorrectionOrigin, RuleKind
from hivemind_git.skills.area import title
from hivemind_git.skills.document import DESCRIPTION_CHARACTERS
from hivemind_git.skills.rules_toml import Proof, SkillRule
from hivemind_git.skills.text import cell, code, cut, diff, flat, prose, yaml_line

ROW, BRIEF, FULL = 0, 1, 2
"""How much of a rule is shown: its row in the table, its words and evidence too, an example too."""

_HOLE = re.compile(r"\$\d+")
_NAME = re.compile(r"[^\W\d][\w.]*[^\W_]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP = """
    the and for not you this that with use from have are was but all can has its into when where what why how our your
    them they there here only also just don dont instead please should would could must never always make made like
    than then one two any more some used using again still does did doing wrong right want need
"""
_STOP_WORDS = frozenset(_STOP.split())


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as the template shows it; every text is Markdown."""

    id: str
    when: str
    dont: str
    do: str
    headline: str
    holes: str
    linter: bool
    words: tuple[str, ...]
    example: str
    evidence: str
    detail: int


def view(rule: SkillRule, detail: int) -> RuleView:
    """What is shown of a rule at a level of detail."""
    full = detail >= FULL
    sample = example(rule.evidence) if full else None
    holes = sorted(set(_HOLE.findall(rule.before)))
    return RuleView(
        id=rule.id,
        when=cell(when(rule)),
        dont=cell(code(rule.before, 100)) if rule.kind is RuleKind.TEMPLATE else "-",
        do=cell(_do(rule)),
        headline=_headline(rule),
        holes=", ".join(map(code, holes)) if full else "",
        linter=rule.origin is CorrectionOrigin.LINTER,
        words=spoken(rule, 2 if full else 1),
        example=diff(sample.before, sample.after) if sample else "",
        evidence=evidence(rule),
        detail=detail,
    )


def when(rule: SkillRule) -> str:
    """The scope in words: language and globs."""
    globs = ", ".join(code(glob, 60) for glob in rule.scope[:3])
    more = ", …" if len(rule.scope) > 3 else ""
    language = _language(rule)
    return f"{language} in {globs}{more}".strip().removeprefix("in ") if globs else language or "everywhere"


def example(proofs: Sequence[Proof]) -> Proof | None:
    """The shortest real correction by hand."""
    shown = [proof for proof in proofs if proof.before.strip() or proof.after.strip()]
    return min(
        shown, key=lambda one: (not one.before.strip(), len(one.before + one.after), one.correction), default=None
    )


def spoken(rule: SkillRule, limit: int) -> tuple[str, ...]:
    """What people said, the most repeated first, in their own words."""
    counts = Counter(words for proof in rule.evidence if (words := flat(proof.words)))
    ranked = sorted(counts, key=lambda words: (-counts[words], len(words), words))
    return tuple(prose(words) for words in ranked[:limit])


def evidence(rule: SkillRule) -> str:
    """How often, in how many sessions, in which commits; or that it was stated and waited for no evidence."""
    if not rule.sessions:
        return "stated outright by a person"
    commits = list(dict.fromkeys(proof.commit[:10] for proof in rule.evidence if proof.commit))
    shown = ", ".join(code(commit) for commit in commits[:5]) + (", …" if len(commits) > 5 else "")
    counts = f"{_count(rule.decisions, 'decision')} in {_count(len(rule.sessions), 'session')}"
    return f"{counts}, commits {shown}" if shown else counts


def description(rules: Sequence[SkillRule], topic: str, prompts: Iterable[str] = ()) -> str:
    """The description as a YAML scalar: when to load the skill, its rules, and the literal words that trigger it.

    A client shows its model nothing else of a skill until it is loaded, and the wrong API names and the words of
    prompts are what a model meets when it is about to make the mistake.
    """
    ranked = sorted(rules, key=lambda rule: (-rule.decisions, rule.id))
    languages = sorted({_language(rule) for rule in rules if rule.language})
    globs = sorted({glob for rule in rules for glob in rule.scope})
    place = f" in {', '.join(map(flat, globs[:3]))}" if 0 < len(globs) <= 3 else ""
    start = f"Team rules on {topic}. Use when writing or changing {' or '.join(languages[:3])}{place}"
    if not languages:
        start = f"Team rules on {topic[:1].lower()}{topic[1:]}. Use for any work{place or ' in this repository'}"
    text = cut(start, 200)
    for joint, part in _pieces(ranked, prompts):
        if len(text) + len(joint) + len(part) < DESCRIPTION_CHARACTERS - 1:
            text += joint + part
    return yaml_line(text + ".", DESCRIPTION_CHARACTERS)


def _pieces(ranked: Sequence[SkillRule], prompts: Iterable[str]) -> list[tuple[str, str]]:
    rules = [_gist(rule) for rule in ranked]
    names = list(dict.fromkeys(name for rule in ranked for name in wrong_names(rule)))
    said = [flat(words) for words in prompts] + [proof.words for rule in ranked for proof in rule.evidence]
    words = [word for word in keywords(said) if word not in {name.lower() for name in names}][:12]
    triggers = [*names[:20], *words]
    return [
        *((": " if n == 0 else "; ", rule) for n, rule in enumerate(rules)),
        *((". Triggers: " if n == 0 else ", ", trigger) for n, trigger in enumerate(triggers)),
    ]


def wrong_names(rule: SkillRule) -> list[str]:
    """The names that stand in the wrong code and not in the right one, `os.path.join` as a whole."""
    if rule.kind is not RuleKind.TEMPLATE:
        return []
    right = set(_NAME.findall(rule.after))
    return [name for name in dict.fromkeys(_NAME.findall(_HOLE.sub("", rule.before))) if name not in right]


def keywords(texts: Iterable[str]) -> list[str]:
    """The content words of what people said, those of most texts first."""
    counts = Counter(word for text in texts for word in {found.lower() for found in _WORD.findall(text)} - _STOP_WORDS)
    return sorted(counts, key=lambda word: (-counts[word], word))


def _language(rule: SkillRule) -> str:
    return "" if rule.language == "unknown" else title(cut(flat(rule.language), 30))


def _gist(rule: SkillRule) -> str:
    if rule.headline:
        return cut(flat(rule.headline), 120)
    if rule.kind is RuleKind.ADVICE:
        return cut(flat(rule.advice), 120)
    before, after = (cut(flat(_HOLE.sub("…", side)), 60) for side in (rule.before, rule.after))
    return f"write {after}, not {before}" if after else f"never write {before}"


def _headline(rule: SkillRule) -> str:
    if rule.headline:
        return prose(rule.headline, 120)
    if rule.kind is RuleKind.ADVICE:
        return prose(rule.advice, 120)
    wrong = code(rule.before, 60)
    return f"Write {code(rule.after, 60)}, not {wrong}" if rule.after.strip() else f"Leave out {wrong}"


def _do(rule: SkillRule) -> str:
    if rule.kind is RuleKind.ADVICE:
        return prose(rule.headline or rule.advice, 160)
    return code(rule.after, 100) if rule.after.strip() else "leave it out"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
