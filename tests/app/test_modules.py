"""Modules joined into one: what runs, in which order, and where the source map says that each line stands."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import playwright
import pytest

from app.modules import UnknownForm, join

NODE = Path(playwright.__file__).parent / "driver" / "node"
SOURCES = {
    "js/main.js": """/* Starts. */
import * as words from "./words.js";
import { twice as double, Word } from "./views/view.js";

console.log(double(words.say()), new Word().text);
import("./faces/face.js").then(({ face }) => face());
""",
    "js/words.js": """const own = "hello";
export const said = [];
export function say() {
  said.push(own);
  return own;
}
""",
    "js/views/view.js": """import { say, said } from "../words.js";
const own = 2;
export const twice = (text) => text.repeat(own) + said.length;
export class Word {
  text = say();
}
""",
    "js/faces/face.js": """import { letters } from "./letters.js";
import { said } from "../words.js";
export async function face() {
  throw new Error([...letters(), said.length].join(" "));
}
""",
    "js/faces/letters.js": """export function* letters() { yield "a"; yield "b"; }
""",
    "js/unused.js": "export default 1;\n",
}


def test_joined_modules_run_as_they_do_apart(tmp_path: Path) -> None:
    script, source_map = join(SOURCES, "js/main.js", "page.js")
    (tmp_path / "page.mjs").write_text(script.replace("page.js.map", "page.mjs.map"), "utf-8")
    (tmp_path / "page.mjs.map").write_text(source_map, "utf-8")
    ran = subprocess.run(
        [str(NODE), "--enable-source-maps", "page.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.stdout == "hellohello1 hello\n"
    assert "Error: a b 2" in ran.stderr
    assert f"{tmp_path}/js/faces/face.js:4" in ran.stderr, (
        "Node reads the source map and names the line as it is written"
    )


def test_a_module_runs_once_and_one_that_nobody_imports_is_left_out() -> None:
    script, source_map = join(SOURCES, "js/main.js", "page.js")
    assert script.count('const own = "hello"') == 1
    assert json.loads(source_map)["sources"] == [
        *("js/words.js", "js/views/view.js", "js/main.js", "js/faces/letters.js", "js/faces/face.js")
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("export default 1;", 'js/a.js:2: "export default 1;"'),
        ('import a from "./b.js";', "js/a.js:2"),
        ('import { a } from "b";', "js/a.js:2"),
        ('import "./b.js";', "js/a.js:2"),
        ("export { a };", "js/a.js:2"),
        ('import { a } from "./a.js";', "itself"),
    ],
)
def test_another_form_is_refused_with_its_place(line: str, why: str) -> None:
    with pytest.raises(UnknownForm, match=why.replace("{", "\\{")):
        join({"js/a.js": f"// a\n{line}\n", "js/b.js": ""}, "js/a.js", "page.js")
