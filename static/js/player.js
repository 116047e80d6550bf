/* The clock: turns time into steps while playing. Knows the step, its end and the speed, and nothing of what is drawn. */

export const SPEEDS = [0.5, 1, 2, 4, 8, 16];

export function createPlayer(store) {
  let due = 0;
  let frame = 0;

  const tick = (now) => {
    const { playing, t, arrived, trace, speed, running } = store.get();
    if (!playing || !trace) {
      frame = 0;
      return;
    }
    if (now >= due) {
      if (t >= trace.length - 1 || (t + 1 >= arrived && !running)) {
        store.set({ playing: false });
        frame = 0;
        return;
      }
      if (t + 1 < arrived) {
        const behind = Math.floor((now - due) / (1000 / speed));
        due = behind > 2 ? now + 1000 / speed : due + 1000 / speed;
        store.set({ t: t + 1 });
      }
    }
    frame = requestAnimationFrame(tick);
  };

  const start = () => {
    due = performance.now() + 1000 / store.get().speed;
    if (!frame) frame = requestAnimationFrame(tick);
  };

  store.watch((s) => [s.playing, s.speed, s.trace], ([playing]) => playing && start());
}
