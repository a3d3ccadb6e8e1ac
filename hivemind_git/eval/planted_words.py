"""The code around an edit: identifiers, expressions and statements in several languages, drawn at random."""

from __future__ import annotations

import random
from typing import Final

_NOUNS_TEXT: Final = (
    "account action address alert anchor archive article asset audit badge balance banner basket batch beacon "
    "billing block board booking branch bridge broker bucket budget buffer bundle button cache calendar camera "
    "campaign canvas capacity cargo carrier catalog category channel chapter charge chart checkout chunk circle "
    "client cluster column comment company contact container contract counter country coupon course credit "
    "currency cursor customer dashboard deadline delivery deposit device dialog digest discount document domain "
    "draft driver editor employee engine entity envelope episode estimate expense feature feed field filter "
    "folder forecast form fragment frame gallery gateway goal grade graph grid group guest handler header history "
    "host image import incident index inventory invoice issue item journal journey keyword label language layer "
    "layout leader ledger lesson letter license limit link listing loan location locker machine manager market "
    "matrix measure member menu merchant meter milestone mission model module monitor network notice number "
    "object offer office option order origin outcome owner packet page panel parcel parent partner passenger "
    "pattern payment payout period person photo pipeline pixel plan player plugin pocket point policy portal "
    "portfolio position price printer process product profile project property proposal provider quality quarter "
    "question queue quota quote rating reader receipt recipe record refund region release reminder rental report "
    "request reservation resource response result review reward route sample scanner schedule schema screen "
    "script season seat section segment sender sensor series server session setting shelf shipment signal site "
    "slice snapshot source speaker sponsor stage station status step stock storage store stream student subject "
    "summary supplier survey symbol system table target task team template tenant terminal theme thread ticket "
    "timeline token topic tracker trade traffic transfer trip user vehicle vendor venue version video viewer "
    "visit voucher wallet warehouse weight window worker zone"
)
NOUNS: Final = tuple(_NOUNS_TEXT.split())
_VERBS_TEXT: Final = (
    "accept adjust allocate analyse append apply approve arrange assign attach balance bind broadcast calculate "
    "cancel capture charge check claim classify clear close collect combine compare compile complete compose "
    "compute confirm connect consume convert copy count cover decode decorate deliver deploy describe detach "
    "detect discover dispatch display divide download drain emit enable encode enqueue enrich estimate evaluate "
    "expand expire explain export extend extract filter finish flush fold follow forward freeze gather generate "
    "grant handle hide hold identify ignore include inspect install invite invoke isolate join launch limit list "
    "locate lock mark measure merge migrate mount notify observe obtain open pack parse pause persist pick place "
    "plan poll prepare present preview process produce promote provide publish pull purge rank receive record "
    "recover redeem reduce refresh register reject release remind render repair repeat replace report request "
    "require reserve resolve restore resume retrieve review rotate route sample scan schedule search select "
    "separate serve settle shape share ship sort split stage start stop store stream submit subscribe suggest "
    "support suspend switch sync tag track transform translate trigger trim unlock unpack update upload validate "
    "verify visit watch withdraw wrap"
)
VERBS: Final = tuple(_VERBS_TEXT.split())
_ADJECTIVES_TEXT: Final = (
    "active blank broken busy calm cheap clean closed cold common current daily dark deep direct dirty early "
    "empty even exact extra fast final first flat fresh full global good grand heavy hidden high idle inner large "
    "last late lazy left light local long loose main major minor missing narrow nested new next normal odd old "
    "open outer partial pending plain prior private public quick quiet rapid raw ready recent remote right rough "
    "round safe secure shallow short silent simple single slow small smooth soft solid sparse stable steady "
    "strict strong tall thin total unique upper urgent valid warm weak weekly whole wide young"
)
ADJECTIVES: Final = tuple(_ADJECTIVES_TEXT.split())
LANGUAGES: Final = frozenset(
    {"c", "csharp", "go", "java", "javascript", "php", "python", "ruby", "rust", "shell", "sql", "typescript"}
)
_SNAKE: Final = frozenset({"c", "php", "python", "ruby", "rust", "shell", "sql"})
_QUOTED: Final = {"sql": "'", "ruby": "'", "php": "'"}
_STATEMENT: Final = {
    "c": ("{n} = {e};", "return {e};", "if ({e} > {k}) {{", "{c};"),
    "csharp": ("var {n} = {e};", "return {e};", "if ({e} == {n}) {{", "{c};", "await {c};"),
    "go": ("{n} := {e}", "return {e}, nil", "if {e} > {k} {{", "{c}", "defer {c}"),
    "java": ("int {n} = {e};", "return {e};", "if ({e} != {n}) {{", "{c};"),
    "javascript": ("let {n} = {e};", "return {e};", "if ({e}) {{", "{c};", "await {c};"),
    "php": ("${n} = {e};", "return {e};", "if ({e} > {k}) {{", "{c};"),
    "python": ("{n} = {e}", "return {e}", "if {e} > {k}:", "{c}", "for {n} in {e}:", "with {c} as {n}:"),
    "ruby": ("{n} = {e}", "return {e} if {n}", "unless {e} > {k}", "{c}"),
    "rust": ("let {n} = {e};", "return {e};", "if {e} > {k} {{", "{c};"),
    "shell": ('{n}="{w}"', "echo {n} | {v}", "if [ -f {n} ]; then", "{v} --{n} {k}"),
    "sql": ("JOIN {n} ON {n}.id = {m}.{n}_id", "WHERE {n} > {k}", "ORDER BY {n}, {m}", "AND {n} = {e}"),
    "typescript": ("const {n}: {N} = {e};", "return {e};", "if ({e}) {{", "{c};", "export type {N} = {M};"),
}  # fmt: skip


def variable(rng: random.Random, language: str) -> str:
    """A name of one to three words in the language's fashion."""
    parts = [rng.choice(NOUNS)]
    if rng.random() < 0.5:
        parts.insert(0, rng.choice(ADJECTIVES))
    if rng.random() < 0.3:
        parts.append(rng.choice(NOUNS))
    return _joined(parts, language)


def method(rng: random.Random, language: str) -> str:
    """A verb and a noun in the language's fashion."""
    return _joined([rng.choice(VERBS), rng.choice(NOUNS)], language)


def _joined(parts: list[str], language: str) -> str:
    if language in _SNAKE:
        return "_".join(parts)
    return parts[0] + "".join(part.capitalize() for part in parts[1:])


def noun(rng: random.Random) -> str:
    """One or two nouns in capitals: a type, a topic."""
    return "".join(rng.choice(NOUNS).capitalize() for _ in range(rng.randint(1, 2)))


def phrase(rng: random.Random) -> str:
    """Words of a message, without quotes."""
    found = [rng.choice(rng.choice((NOUNS, VERBS, ADJECTIVES))) for _ in range(rng.randint(1, 4))]
    return " ".join(found) + rng.choice(("", "", ":", " -", "..."))


def expression(rng: random.Random, language: str, depth: int = 0) -> str:
    """A value: a name, a member, a number, a string, a call, a sum, a subscript."""
    name = variable(rng, language)
    quote = _QUOTED.get(language, '"')
    simple = [
        name,
        name,
        f"{name}.{variable(rng, language)}",
        str(rng.randrange(2, 900)),
        f"{quote}{phrase(rng)}{quote}",
    ]
    if depth > 1 or rng.random() < 0.55:
        return rng.choice(simple)
    inner = expression(rng, language, depth + 1)
    return rng.choice(
        (
            f"{method(rng, language)}({inner})",
            f"{name}.{method(rng, language)}({inner}, {expression(rng, language, depth + 1)})",
            f"{method(rng, language)}()",
            f"{name} + {inner}",
            f"{name}[{inner}]",
        )
    )


def statement(rng: random.Random, language: str) -> str:
    """A line of ordinary code."""
    name = variable(rng, language)
    return rng.choice(_STATEMENT[language]).format(
        n=name,
        m=variable(rng, language),
        N=noun(rng),
        M=noun(rng),
        v=rng.choice(VERBS),
        w=phrase(rng),
        k=rng.randrange(2, 900),
        e=expression(rng, language),
        c=f"{method(rng, language)}({expression(rng, language)})",
    )
