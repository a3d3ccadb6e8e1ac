"""What words tell: tokens, clauses and tone, in every language the phrases cover."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.words import model, train
from hivemind_git.corrections import ngrams, words, words_table

OBJECTIONS = [
    "that is the wrong helper, use the one from the store instead",
    "shouldn't this be handled by the caller?",
    "das ist der falsche Helfer, nimm lieber den vorhandenen",
    "non, ce n'est pas la bonne fonction, utilise plutôt l'autre",
    "no, esa función está mal, usa mejor la otra",
    "não, essa função está errada, use a outra",
    "no, questa funzione è sbagliata, meglio usare l'altra",
    "nee, dat is de verkeerde functie, gebruik liever de andere",
    "нет, это неправильная функция, лучше используй другую",
    "違います、別の関数を使ってください",
    "아니요, 틀렸어요, 다른 함수를 써야 해요",
    "不对，这个函数是错的，应该用另一个",  # noqa: RUF001
]
OTHERS = [
    "what does this flag do?",
    "sounds good, go ahead",
    "was macht dieser Schalter eigentlich?",
    "que fait cette option exactement ?",
    "¿qué hace esta opción exactamente?",
    "o que faz essa opção?",
    "cosa fa questa opzione?",
    "wat doet deze optie?",
    "что делает этот параметр?",
    "このオプションは何をしますか？",  # noqa: RUF001
    "이 옵션은 뭘 하나요?",
    "这个选项是做什么的？",  # noqa: RUF001
]
CONCESSIONS = ["Good catch. I'll move it.", "Da hast du recht.", "Bonne remarque, je change ça.", "你说得对，我来改。"]  # noqa: RUF001
ANSWERS = ["Good question! It is set at startup.", "Gute Frage.", "Bonne question !", "¡Buena pregunta!", "好问题！"]  # noqa: RUF001


@pytest.mark.parametrize("text", OBJECTIONS)
def test_an_objection_sounds_like_a_correction(text: str) -> None:
    assert words.person(text) > 0.2


@pytest.mark.parametrize("text", OTHERS)
def test_a_question_or_a_go_on_does_not(text: str) -> None:
    assert words.person(text) < -0.2


@pytest.mark.parametrize("text", CONCESSIONS)
def test_an_agent_that_concedes_is_heard(text: str) -> None:
    assert words.agent(text) > 0.2


@pytest.mark.parametrize("text", ANSWERS)
def test_an_agent_that_answers_concedes_nothing(text: str) -> None:
    assert words.agent(text) < -0.2


@pytest.mark.parametrize("text", ["", "  \n", "`make test`", "https://example.com/a"])
def test_what_holds_no_words_has_no_tone(text: str) -> None:
    assert words.person(text) == 0.0
    assert words.agent(text) == 0.0


def test_code_and_paths_have_no_tone() -> None:
    assert ngrams.buckets("look at `wrong_name()` in src/wrong/name.py", 300, 99) == ngrams.buckets(
        "look at `right()` in lib/x.py", 300, 99
    )


def test_tokens_are_cut_at_punctuation_and_underscores() -> None:
    assert words.tokens("Rename load_config() to readConfig, ok?") == {"rename", "load", "config", "readconfig"}
    assert words.tokens("把timeout改成120", shortest=1) == {"把", "timeout", "改成", "120"}
    assert words.tokens("a_b c", shortest=1) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Good point — the guard belongs there.", "Good point —"),
        ("You're right, let me fix it.", "You're right,"),
        ("Ah, I see. That is wrong.", "Ah, I see."),
        ("no mark at all", "no mark at all"),
        ("好主意。我来改。", "好主意。"),
        ("", ""),
    ],
)
def test_the_first_clause(text: str, clause: str) -> None:
    assert words.clause(text) == clause


def test_probability_is_logistic_in_the_features_that_have_a_weight() -> None:
    weights = {"words": 2.0, "late": -1.0, "bias": 0.5}
    assert words.probability({"words": 1.0, "late": 0.5, "else": 9.0}, weights) == 1 / (1 + math.exp(-2.0))
    assert words.probability({}, {"bias": 1e9}) == pytest.approx(1.0)


@given(st.text(max_size=400))
def test_any_text_has_a_tone_within_bounds(text: str) -> None:
    assert -1 <= words.person(text) <= 1
    assert -1 <= words.agent(text) <= 1


def test_the_table_of_answers_is_what_its_phrases_give() -> None:
    steps, bias = train.agent()
    assert (words.weights(steps), bias) == (words.tables()[2], words_table.AGENT_BIAS)


def test_every_phrase_of_every_language_can_be_filled() -> None:
    texts = [text for name in ("person.tsv", "agent.tsv") for text, *_ in train.phrases(name)]
    assert len(texts) > 2000
    assert not [text for text in texts if "{" in text or not text.strip()]


def test_the_judge_stays_at_its_prior_without_rows_and_moves_with_them() -> None:
    prior = {"words": 1.0, "bias": 0.0}
    assert model.fit_judge([], [], [], prior) == prior
    fitted = model.fit_judge([{"words": 1.0}, {"words": -1.0}], [False, True], [5.0, 5.0], prior)
    assert fitted["words"] < 0
    assert fitted["bias"] == pytest.approx(0.0, abs=1e-6)
