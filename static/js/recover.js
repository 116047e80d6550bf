/* Comes back by itself when the server does: asks now and then whether it answers, and then does what was not done. Knows no view. */

import * as api from "./api.js";

/** Seconds until it is first asked, by what is missing (a page without models is loaded anew), and at most; twice as long each time, and never all pages at once. */
const FIRST = { "banner.lost": 2, "banner.noServer": 10 };
const LONGEST = 30;

export function recover(store, actions) {
  let timer = 0;
  let times = 0;
  const ask = async () => {
    const answers = await api.answers();
    if (!(store.get().banner in FIRST)) return;
    if (answers) actions.retry({ t: store.get().t });
    else again();
  };
  const again = () => {
    clearTimeout(timer);
    const seconds = Math.min(LONGEST, FIRST[store.get().banner] * 2 ** times++);
    timer = setTimeout(ask, 1000 * seconds * (1 + Math.random() / 2));
  };
  store.watch((s) => s.banner, (banner) => {
    clearTimeout(timer);
    if (banner in FIRST) again();
  });
  store.watch((s) => s.trace && s.arrived === s.trace.length, (whole) => whole && (times = 0));
}
