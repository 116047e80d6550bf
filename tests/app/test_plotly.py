"""The part of plotly.min.js: what is kept of a small bundle of its shape, known by hand, and of the real one."""

from __future__ import annotations

import logging
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from app.plotly import part

MODULES = {
    "W": "var W=(e,t)=>()=>e(t);",
    "Ea": "var Ea=(e,t)=>()=>e(t),Fp=(e,t)=>e;",
    "core": r"""var core=W((a,b)=>{"use strict";var t=help(1);b.exports={register:t}});""",
    "help": r"""function help(e={a:"}"}){return e/2/once}""",
    "once": r"""var once=1,also=/[/"}]/g;""",
    "bar": r"""var bar=W((a,b)=>{b.exports={moduleType:"trace",name:"bar"}});""",
    "barx": r"""var barx=W((a,b)=>{"use strict";b.exports=bar()});""",
    "box": r"""var box=W((a,b)=>{b.exports={moduleType:"trace",name:"box",f:mapped()+`${a?`}"${b}`:'"'}`}});""",
    "boxx": r"""var boxx=W((a,b)=>{"use strict";b.exports=box()});""",
    "map": r"""var mapped=W(()=>{init();return es.x});""",
    "es": r"""var es={};Fp(es,{x:()=>x});""",
    "init": r"""var x,y,init=Ea(()=>{x=1;y=/\)"/});""",
    "lost": r"""function lost(){return bar()}""",
}
ENTRY = "var all=W((e,t)=>{var r=core();r.register([%s]);t.exports=r});return all();"

END = "\n/*! theirs */\nwindow.Plotly = Plotly;\nreturn Plotly;})"


def bundle(*names: str, kinds: str) -> bytes:
    return f'/**\n* mine */\n(()=>{{"use strict";var Plotly=(()=>{{{body(*names, kinds=kinds)}}})();{END}'.encode()


def body(*names: str, kinds: str) -> str:
    return "".join(MODULES[name] for name in names) + ENTRY % kinds


@pytest.mark.parametrize(
    ("kind", "kept", "call"),
    [
        ("bar", ("W", "core", "help", "once", "bar", "barx"), "barx()"),
        ("box", ("W", "Ea", "core", "help", "once", "box", "boxx", "map", "es", "init"), "boxx()"),
    ],
)
def test_only_what_can_be_reached_is_kept(kind: str, kept: tuple[str, ...], call: str) -> None:
    whole = bundle(*MODULES, kinds="barx(),boxx()")
    shown = body(*kept, kinds=call)
    assert part(whole, (kind,)).decode() == (
        f'/**\n* mine */\nwindow.Plotly=(function(){{"use strict";{shown}}}).call(this);\n/*! theirs */\n'
    )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"window.Plotly = {}", "does not start"),
        (bundle(*MODULES, kinds="barx(),boxx()").replace(b"return all();", b"return all());"), "brackets"),
        (bundle(*MODULES, kinds="barx(),boxx()").replace(b"return all();", b"return all()"), "last statement"),
        (bundle(*MODULES, kinds="barx(),boxx()").replace(b".register(", b".list("), "registers"),
        (bundle(*MODULES, kinds="barx(),boxx()").replace(b"window.Plotly", b"self.Plotly"), "end"),
        (bundle(*MODULES, kinds="barx()"), "box"),
    ],
)
def test_a_file_of_another_shape_is_left_whole_and_said_so(
    source: bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert part(source, ("box",)) == source
    assert why in caplog.text


def test_the_installed_file_is_cut() -> None:
    files = [file for file in distribution("plotly").files or () if file.name == "plotly.min.js"]
    whole = Path(str(files[0].locate())).read_bytes()
    cut = part(whole, ("heatmap",))
    assert len(cut) < len(whole) / 4
    kinds = set(re.findall(rb'moduleType:"trace",name:"(\w+)"', cut))
    assert kinds == {b"scatter", b"heatmap"}
    assert whole[:100] == cut[:100], "the licence stays"
    notices = b"\n/*!\n * The buffer module"
    assert whole[whole.rindex(notices) :].startswith(cut[cut.rindex(notices) :]), "the licences of what is inside stay"
