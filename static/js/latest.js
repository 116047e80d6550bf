/* Asks a question when its state has rested: a newer one takes its place, its request is aborted, its late answer dropped. Knows neither questions nor answers. */

/** How long a step must rest before the server is asked, ms: longer than between two steps of a held key. */
const REST = 40;

/**
 * Returns ask(question, name): question(signal) is called after the rest unless another comes first, and null asks nothing. The same name while its answer is on its way is the
 * same question, which goes on. What it throws for being aborted is ignored.
 */
export function latest(rest = REST) {
  let timer = 0;
  let controller = null;
  let underWay = null;
  return (question, name = null) => {
    if (question && name !== null && name === underWay) return;
    clearTimeout(timer);
    controller?.abort();
    controller = null;
    underWay = question ? name : null;
    if (!question) return;
    const mine = (controller = new AbortController());
    timer = setTimeout(async () => {
      try {
        await question(mine.signal);
      } catch (error) {
        if (!mine.signal.aborted) throw error;
      } finally {
        if (controller === mine) underWay = null;
      }
    }, rest);
  };
}
