/* Brings Plotly in after the first picture stands: it is the slowest thing here to evaluate. Knows how a chart here is set up, not what it shows. */

const address = () => document.querySelector("#main").dataset.plotly;

/** Fetches Plotly without running it, so that it is there when it is wanted. */
export function fetchPlotly() {
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: address(), fetchPriority: "low" }));
}

let arriving = null;

/** Resolves to Plotly; loads it on the first call. */
export function whenPlotly() {
  arriving ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address();
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { arriving = null; script.remove(); reject(new Error("plotly.min.js did not arrive")); };
    document.head.append(script);
  });
  return arriving;
}

/** Resolves after the frame that is being made has been painted. */
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

let turn = Promise.resolve();

/** Draws when the frame is painted and the charts that asked before have been drawn: a slow chart never holds up what is quick. */
export function inTurn(draw) {
  turn = turn.then(painted).then(draw).catch((error) => setTimeout(() => { throw error; }));
}

/** No tool bar, no upload button, no gestures: the score has its own. */
export const CONFIG = { staticPlot: true, displayModeBar: false, showSendToCloud: false, responsive: false };

/** A figure that fills its element to the pixel. */
export const layout = (width, height, more = {}) => ({
  width, height, margin: { l: 0, r: 0, t: 0, b: 0, pad: 0 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: false, dragmode: false, ...more,
});

/** An axis with nothing on it and a fixed range. */
export const bareAxis = (range, more = {}) => ({ range, fixedrange: true, visible: false, ...more });

/** What a data: URL holds; the policy of the page does not let it be fetched. */
function dataOf(url) {
  const [head, body] = [url.slice(0, url.indexOf(",")), url.slice(url.indexOf(",") + 1)];
  return head.endsWith("base64") ? Uint8Array.from(atob(body), (c) => c.charCodeAt(0)) : decodeURIComponent(body);
}

/** A figure as the content of a "png" (twice its size) or "svg" file. */
export async function picture({ data, layout }, format) {
  const Plotly = await whenPlotly();
  const { width, height } = layout;
  return dataOf(await Plotly.toImage({ data, layout }, { format, width, height, scale: format === "png" ? 2 : 1 }));
}
