/* Asks a question at once, and where one follows another only when the state has rested: a newer one takes its place, its request is aborted, its late answer dropped. Knows neither questions nor answers. */

/** How long a step must rest before the server is asked, ms: longer than between two steps of a held key. The first step after such a rest has rested. */
const REST = 40;

/**
 * Returns ask(question, name): question(signal) is called unless another comes first, after the rest if one came within it; null asks nothing. The same name while its answer is on its way is the
 * same question, which goes on. What it throws for being aborted is ignored.
 */
export function latest(rest = REST) {
  let timer = 0;
  let due = false; // a question waits that is to be asked at once: what comes in the same task takes its place
  let last = -Infinity;
  let controller = null;
  let underWay = null;
  return (question, name = null) => {
    if (question && name !== null && name === underWay) return;
    clearTimeout(timer);
    controller?.abort();
    controller = null;
    underWay = question ? name : null;
    if (!question) {
      due = false;
      return;
    }
    const now = performance.now();
    due = due || now - last >= rest;
    last = now;
    const mine = (controller = new AbortController());
    timer = setTimeout(async () => {
      due = false;
      try {
        await question(mine.signal);
      } catch (error) {
        if (!mine.signal.aborted) throw error;
      } finally {
        if (controller === mine) underWay = null;
      }
    }, due ? 0 : rest);
  };
}
