"""Which skill a rule belongs to: one skill an area of work, not one a rule, with a name that stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from hivemind_git.model import RuleKind
from hivemind_git.rules import workspaces
from hivemind_git.rules.tokens import family
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.skills.text import slug

RULES_PER_SKILL = 24

_TOPICS: Mapping[str, str] = {
    "logging": "log logs logger logging slog println print printf console fmt stdout stderr tracing loguru",
    "testing": "test tests testing pytest unittest assert asserts expect jest vitest fixture mock mocks coverage",
    "errors": "error errors err exception exceptions raise except catch throw panic unwrap rescue swallow",
    "types": "type types typing typed optional any union annotation annotations interface unknown generic",
    "paths": "path paths pathlib filepath ospath dirname basename directory folder",
    "http": "http https requests httpx fetch axios request urllib endpoint url header",
    "database": "sql query cursor execute database db migration migrations schema transaction orm",
    "time": "datetime time timezone utc date dates timestamp utcnow clock timedelta",
    "async": "async await asyncio thread threads goroutine coroutine promise concurrency lock mutex",
    "security": "secret secrets password token escape sanitize injection credential credentials pickle yaml_load eval",
    "configuration": "config configuration settings setting env environ environment getenv",
    "imports": "import imports from_import require module modules package packages dependency dependencies",
    "documentation": "comment comments docstring docstrings document documentation readme docs changelog",
    "commits": "commit commits branch branches merge rebase push pull pr git squash amend",
    "formatting": "format formatter formatting lint linter black ruff prettier indent indentation gofmt quotes",
    "naming": "name names naming rename renamed snake camel variable variables identifier",
    "style": "style concise brief short verbose simple simpler duplicate refactor",
}
_TOPIC_OF = {word: topic for topic, words in _TOPICS.items() for word in words.split()}
_ORDER = {topic: rank for rank, topic in enumerate(_TOPICS)}
_WORD = re.compile(r"[^\W\d_][^\W_]*")
_NAME = re.compile(r"[^\W\d]\w*")
_QUALIFIED = re.compile(r"\b([^\W\d]\w+)(?:\.|::|->)\s*[^\W\d]")
_NO_QUALIFIER = frozenset({"self", "this", "cls", "super"})


def topic(rule: SkillRule) -> str:
    """The topic of a rule: what its added words speak of, else its removed ones, else whose member it calls.

    Rules that speak of nothing in particular share the topic `conventions`.
    """
    if rule.kind is RuleKind.ADVICE:
        return _spoken_of(rule.advice) or "conventions"
    before, after = set(_NAME.findall(rule.before)), set(_NAME.findall(rule.after))
    added = " ".join(sorted(after - before))
    found = _spoken_of(added) or _spoken_of(" ".join(sorted(before - after)))
    if found:
        return found
    qualifier = next((name for name in _QUALIFIED.findall(rule.after) if name not in _NO_QUALIFIER), "")
    return slug(qualifier)[:28].strip("-") or "conventions"


def assign(
    rules: Sequence[SkillRule],
    skills: Mapping[str, Sequence[SkillRule]],
    taken: Collection[str] = (),
    folders: Collection[str] = (),
) -> dict[str, str]:
    """Rule id → name of the skill that it belongs to.

    A rule that stands in a skill stays there. Another joins the skill of its language family that has its topic or its
    added names; else it opens one, named after language and topic. A sub-tree that is a workspace has its
    own skills.

    Args:
        rules: what is to be published. The outcome does not depend on their order.
        skills: our skills with their rules.
        taken: names of folders that are not ours.
        folders: the sub-trees that are workspaces.
    """
    areas = {name: list(standing) for name, standing in skills.items()}
    homes = {rule.id: name for name in sorted(areas, reverse=True) for rule in areas[name]}
    for rule in sorted(rules, key=lambda one: (-one.decisions, one.id)):
        if rule.id not in homes:
            mine = workspaces.homes(rule.scope, folders)
            near = {
                name: standing
                for name, standing in areas.items()
                if all(workspaces.homes(one.scope, folders) == mine for one in standing)
            }
            place = max(mine) if len(mine) == 1 else ""
            homes[rule.id] = _join(rule, near) or _new_name(rule, {*areas, *taken}, place)
            areas.setdefault(homes[rule.id], []).append(rule)
    return {rule.id: homes[rule.id] for rule in rules}


def title(name: str) -> str:
    """A skill's name as a headline: `python-http` is `Python HTTP`."""
    words = [_SPELLED.get(word, word) for word in name.split("-")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


_SPELLED = {
    "http": "HTTP", "sql": "SQL", "css": "CSS", "html": "HTML", "php": "PHP", "json": "JSON", "yaml": "YAML",
    "javascript": "JavaScript", "typescript": "TypeScript", "csharp": "C#", "cpp": "C++", "jvm": "JVM",
}  # fmt: skip


def _spoken_of(text: str) -> str:
    counts: dict[str, int] = {}
    for name in _NAME.findall(text.lower()):
        for word in {name, *_WORD.findall(name.replace("_", " "))}:
            if found := _TOPIC_OF.get(word):
                counts[found] = counts.get(found, 0) + 1
    return min(counts, key=lambda one: (-counts[one], _ORDER[one]), default="")


def _join(rule: SkillRule, areas: Mapping[str, Sequence[SkillRule]]) -> str:
    fits = [
        (-score, name)
        for name, standing in areas.items()
        if len(standing) < RULES_PER_SKILL and (score := max((_kinship(rule, one) for one in standing), default=0)) >= 2
    ]
    return min(fits)[1] if fits else ""


def _kinship(rule: SkillRule, other: SkillRule) -> int:
    if family(rule.language) != family(other.language):
        return 0
    shared = _added(rule) & _added(other)
    return 2 * (topic(rule) == topic(other)) + 2 * bool(shared) + bool(set(rule.scope) & set(other.scope))


def _added(rule: SkillRule) -> set[str]:
    names = set(_NAME.findall(rule.after)) - set(_NAME.findall(rule.before)) - _NO_QUALIFIER
    return {name for name in names if len(name) > 2}


def _new_name(rule: SkillRule, taken: Collection[str], folder: str) -> str:
    place = slug(folder.rpartition("/")[2])[:20].strip("-")
    language = slug(rule.language.replace("#", "sharp").replace("++", "pp"))[:28].strip("-")
    words = [language] if language and language != "unknown" else []
    name = "-".join([*words, topic(rule)] if words or topic(rule) != "conventions" else ["project", "conventions"])
    name = f"{place}-{name}" if place else name
    candidates = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    # On file systems that ignore case, Python-Logging and python-logging are one folder.
    lowered = {one.lower() for one in taken}
    return next(one for one in candidates if one not in lowered)
