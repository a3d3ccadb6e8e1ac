"""The thesaurus of concerns in other languages: what reviewers write in German, French, Spanish, Portuguese, Russian,
Chinese and Japanese. Entries are as in `concerns`; beginnings that English words share are left out.
"""

from __future__ import annotations

from typing import Final

COMPLAINTS: Final = {
    "duplication": (
        "doppelt duplikat duplizier wiederverwend wiederhol gleicher-code nochmal-dasselbe "
        "dupliqu répét répèt réutilis copié-coll doublon même-code "
        "repetid repite repito reutiliz reaprovech copiar-y-pegar copia-pega mismo-código copiar-e-colar mesmo-código "
        "дублир дубл повтор переиспольз копипаст тот-же-код "
        "重复 复用 复制粘贴 同样的代码 重複 使い回 コピペ 同じコード 共通化"
    ),
    "simplicity": (
        "einfacher zu-kompliziert kompliziert überladen übertrieben aufwendig aufwändig zu-viel-aufwand schlichter "
        "trop-complexe trop-compliqué compliqué surdimensionn usine-à-gaz inutilement-complexe "
        "demasiado-complej complicad más-sencill sencill mais-simples complexo exagerad sobreingenier "
        "сложно сложн проще упрост усложн перебор "
        "太复杂 复杂 简单 简化 过度设计 複雑 シンプル 簡単に やりすぎ 大げさ"
    ),
    "errors": (
        "fehler ausnahme stillschweig verschluck scheiter schlägt-fehl fehlschl absturz "
        "erreur échoue échec silencieu avale exception-perdue "
        "fallo falla-en fallar silencios traga tragues excepción erro$ erros$ falha falhar engol exceção "
        "ошибк исключен молча падает глота проглат "
        "错误 异常 失败 报错 吞掉 静默 エラー 例外 失敗 握りつぶ"
    ),
    "comments": "kommentar commentaire comentario comentário комментар 注释 コメント",
    "naming": (
        "umbenenn benenn bezeichn variablenname heißt-anders irreführender-name "
        "renomm nommage mal-nommé nom-de-variable "
        "renombr nombre-de nomenclatura renomear nome-da nome-do "
        "переимен назван имя-переменн именован 命名 变量名 改名 名前 変数名 命名規則"
    ),
    "separation": (
        "eigener-pr eigenen-pr eigener-branch eigenen-branch separater-pr separaten-pr anderer-pr anderen-pr "
        "eigener-commit getrennter-commit nicht-in-diesem-pr "
        "autre-pr pr-séparée branche-séparée commit-séparé pr-à-part à-part "
        "otro-pr pr-aparte rama-aparte en-otra-rama pr-separad outro-pr branch-separad "
        "отдельный-pr отдельным-pr отдельную-ветк отдельной-ветк отдельный-коммит отдельным-коммит "
        "单独的pr 另一个pr 单独的分支 另开 别的分支 別のpr 別pr 別ブランチ 別のブランチ 分けて"
    ),
    "upstream": (
        "rebasen erst-pullen zuerst-pullen rebaser rebasear сначала-pull зарибей 先拉 先rebase 先にpull 先にrebase"
    ),
    "slowness": (
        "langsam dauert-zu dauert-ewig zu-lange lents$ lente$ lentes$ trop-long prend-trop traîne "
        "lento$ lenta$ lentos$ lentas$ tarda-mucho tarda-demasiado demora-muito demorad "
        "медленн долго$ слишком-долг 太慢 很慢 耗时 时间太长 遅い 遅すぎ 時間がかか"
    ),
    "placement": (
        "gehört-in gehört-nicht verschieb appartient déplacer pertenece mover-a pertence не-место перенес "
        "应该放 移到 置くべき 移動し"
    ),
    "needless": (
        "überflüssig unnötig nutzlos brauchen-wir-nicht inutile superflu pas-besoin innecesari sobra$ hace-falta-no "
        "no-hace-falta desnecess лишн ненужн не-нужн 多余 没必要 不需要 不要です 不要な 余計"
    ),
    "asking": (
        "frag-mich frag-vorher frag-erst ohne-zu-fragen erst-fragen vorher-fragen nicht-pushen nicht-committen "
        "demande-moi demande-d'abord sans-demander ne-pousse-pas ne-commite-pas "
        "pregunta-antes pregúntame sin-preguntar no-hagas-push no-hagas-commit pergunte-antes sem-perguntar "
        "сначала-спроси спроси-меня без-спроса не-пуш не-коммить "
        "先问 问我 不要提交 不要推送 别提交 先に聞 聞いてから 勝手に プッシュしない コミットしない"
    ),
    "scope": (
        "nicht-anfassen lass-das hatte-ich-nicht-gebeten nur-das-ändern ne-touche-pas pas-demandé "
        "no-toques no-te-pedí não-mexa não-pedi не-трогай не-просил 不要动 别动 没让你 触らない 頼んでいない 頼んでない"
    ),
    "coverage": (
        "test-fehlt tests-fehlen ohne-test teste-dazu test-manquant ajoute-un-test sans-test "
        "falta-test faltan-tests falta-una-prueba sin-prueba faltam-testes sem-teste "
        "нет-теста нет-тестов добавь-тест без-теста 缺少测试 加测试 没有测试 テストがない テストを追加 テストも書"
    ),
}
TOPICS: Final = {
    "tests": "prueba$ pruebas$ teste$ testes$ тест 测试 テスト",
    "documents": "dokumentation documentación documentação документац 文档 ドキュメント",
    "removal": "entfern lösch supprim enlève elimina-el quita-el remova удали убери 删除 去掉 削除 消して",
}
