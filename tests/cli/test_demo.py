import re
from pathlib import Path

from cli.conftest import Hivemind

README = Path(__file__).parents[2] / "README.md"


def shape(text: str) -> str:
    """Without titles and blank lines, and without the id of the commit that the demo makes today."""
    lines = [line for line in text.splitlines() if line and not line.startswith("──")]
    return re.sub(r"(?<=logging \()[0-9a-f]{9}(?=\))", "…", "\n".join(lines))


def test_the_demo_goes_round_the_whole_loop(tmp_path: Path, hivemind: Hivemind) -> None:
    said = hivemind(tmp_path, "demo", "--keep", str(tmp_path / "demo"))
    assert said.err == ""
    assert said.code == 0
    assert 'candidate 1f403488e5c5138c  print(f"$0") → logger.info(f"$0")' in said.out
    (revert,) = re.findall(r"^      reverted in ([0-9a-f]{40})$", said.out, re.MULTILINE)
    nothing = f"Nothing to codify: 1 rule held (reverted in {revert[:9]}), see `git hivemind mine`.\n"
    assert f"\n$ git hivemind codify\n  {nothing}" in said.out
    assert "Hivemind-Rule: " in said.out
    (shown,) = re.findall(r"^```\n(\$ git hivemind .*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert [run for run in shown.split("  …\n") if shape(run) not in shape(said.out)] == []
    shop = tmp_path / "demo/shop"
    assert not (shop / ".claude").exists(), "the revert took the skill out"
    assert hivemind(shop, "codify").out == nothing


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path, hivemind: Hivemind) -> None:
    said = hivemind(tmp_path, "demo", "--keep", str(tmp_path))
    assert said.code == 2
    assert list(tmp_path.iterdir()) == []
