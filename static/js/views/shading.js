/* The shading under the tokens: how much the output that someone points at, or has chosen, depends on each of them. Reads store.saliency; asks for nothing. */

import { $, h, setText } from "../dom.js";
import { visible } from "../format.js";
import { powerText } from "../powers.js";
import { outputName } from "../saliency.js";
import { word } from "../words.js";

export function shadingView(store) {
  const layer = h("div", { id: "shading", "aria-hidden": "true" });
  const scale = h("div", { id: "shading-scale", "aria-hidden": "true" });
  $("#track").prepend(layer);
  $("#score").append(scale);

  /** A bar a step, as high as its norm is of the largest, in the columns that the strip has in the page. */
  const draw = () => {
    const { saliency, geo, view, trace } = store.get();
    const answer = saliency?.trace === trace ? saliency?.answer : null;
    const on = Boolean(answer && geo && view);
    document.documentElement.toggleAttribute("data-shaded", on);
    scale.hidden = layer.hidden = !on;
    if (!on) return;
    const most = Math.max(...answer.inputs);
    const { chip, chipHeight } = geo.strip;
    Object.assign(layer.style, { top: `${chip}px`, height: `${chipHeight}px`, width: `${geo.width}px` });
    const bars = [];
    for (let s = view.from; s < Math.min(view.to, answer.inputs.length); s++) {
      const share = most > 0 ? answer.inputs[s] / most : 0;
      if (share > 0) bars.push(h("i", { dataset: { step: s }, style: `left:${geo.x(s)}px;width:${geo.cw - 1}px;height:${(share * chipHeight).toFixed(2)}px` }));
    }
    layer.replaceChildren(...bars);
    scale.style.top = `${chip + parseFloat(getComputedStyle($("#score")).paddingTop)}px`;
    scale.style.height = `${chipHeight}px`;
    const out = visible(outputName(trace.card, answer.output, trace.y(0)?.value?.length));
    setText(scale, word("shading.scale", { v: most > 0 ? powerText(Math.log10(most)) : "0" }));
    scale.title = word("shading.what", { out, t: saliency.t });
    stale();
  };

  /** Shading of another step than the playhead's is pale: it is about to be drawn anew, or waits until playing stops. */
  const stale = () => {
    const { saliency, t } = store.get();
    layer.classList.toggle("stale", Boolean(saliency) && saliency.t !== t);
  };

  store.watch((s) => [s.saliency, s.geo, s.view, s.lang], draw);
  store.watch((s) => s.t, stale);
}
