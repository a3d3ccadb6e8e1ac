"""People who complain of the same in one language, each in words of their own."""

from __future__ import annotations

import pytest
from rules.rule_examples import said

from hivemind_git.rules import concerns, concerns_abroad
from hivemind_git.rules.advice import lessons

TEAMS = {
    "de": [
        ["Das ist doppelt, das gibt es schon.", "Bitte den Parser wiederverwenden.", "Hier wiederholst du den Block."],
        ["Viel zu kompliziert.", "Das geht einfacher.", "Etwas übertrieben für den Zweck, oder?"],
        ["Fehler dürfen nicht verschwinden.", "Das scheitert stillschweigend.", "Du verschluckst die Ausnahme."],
        ["Zu langsam.", "Die ganze Suite dauert ewig, lass sie weg.", "Nicht alles laufen lassen, das ist so langsam."],
    ],
    "fr": [
        ["C'est dupliqué.", "Réutilise ce qui existe.", "Tu répètes le bloc du dessus."],
        ["Trop compliqué.", "C'est une usine à gaz.", "Bien trop complexe pour ce que c'est."],
        ["L'erreur doit remonter.", "Ça échoue sans rien dire.", "N'avale pas l'exception."],
        ["Fais une autre PR.", "Mets ça dans une branche séparée.", "Un commit séparé, s'il te plaît."],
    ],
    "es": [
        ["Está repetido.", "Reutiliza el que ya tenemos.", "Otra vez el mismo código."],
        ["Demasiado complejo.", "Hazlo más sencillo.", "Muy complicado para esto."],
        ["El fallo queda oculto.", "Falla en silencio, es silencioso.", "No te tragues la excepción."],
        ["Muy lentas.", "Esto tarda demasiado.", "La suite es lenta, no la lances."],
    ],
    "ru": [
        ["Тут дублирование.", "Переиспользуй парсер.", "Этот блок повторяется."],
        ["Слишком сложно.", "Можно проще.", "Зачем так усложнять?"],
        ["Ошибка теряется.", "Падает молча.", "Опять глотаешь исключение."],
    ],
    "zh": [
        ["这里重复了。", "请复用已有的函数。", "又是复制粘贴。"],
        ["太复杂了。", "能简化一下吗?", "这是过度设计。"],
        ["错误不能被吞掉。", "失败了用户不知道。", "不要静默忽略异常。"],
    ],
    "ja": [
        ["同じコードが二つある。", "重複しています。", "コピペしないで。"],
        ["複雑すぎます。", "もっとシンプルにして。", "ちょっとやりすぎ。"],
        ["エラーを握りつぶさないで。", "失敗がユーザーに見えない。", "例外を投げて。"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", TEAMS)
def test_they_meet_and_nobody_else_does(language: str) -> None:
    pairs = [
        (number, words)
        for place in range(3)
        for number, team in enumerate(TEAMS[language])
        for words in team[place : place + 1]
    ]
    found = lessons([said(at, words) for at, (_, words) in enumerate(pairs)], {})
    groups = [[pairs[at][0] for at in one.corrections] for one in found if len(one.corrections) > 1]
    assert all(len(set(group)) == 1 for group in groups), "two complaints are one"
    assert sum(map(len, groups)) >= 0.75 * len(pairs), groups


def test_other_languages_know_no_concern_that_english_does_not() -> None:
    known = concerns.concerns("x").keys() | set(concerns._PATTERNS)
    assert {*concerns_abroad.COMPLAINTS, *concerns_abroad.TOPICS} <= known


@pytest.mark.parametrize(
    "words", ["a wrapper for the separate copies", "no sobering traits", "silently lent on average"]
)
def test_english_words_are_not_taken_for_others(words: str) -> None:
    foreign = {**concerns_abroad.COMPLAINTS, **concerns_abroad.TOPICS}
    patterns = concerns._compiled(foreign, {})
    assert [name for name, pattern in patterns.items() if pattern.search(words)] == []
